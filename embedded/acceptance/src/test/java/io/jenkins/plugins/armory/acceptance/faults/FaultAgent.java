package io.jenkins.plugins.armory.acceptance.faults;

import java.io.IOException;
import java.io.InputStream;
import java.lang.instrument.ClassFileTransformer;
import java.lang.instrument.Instrumentation;
import java.lang.reflect.Method;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.security.ProtectionDomain;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.BiConsumer;

/**
 * The Java agent in the process of a controller under test: it replaces the classes that have fault points by the ones
 * that {@link FaultInjector} made of them, and is told by those when a point is passed. What is to happen there is in a
 * file, which is read each time, so that it can be changed while the process runs.
 *
 * <p>It has nothing but the JDK to work with, and is no reason for the process to start more slowly.
 */
public final class FaultAgent implements BiConsumer<String, Object[]> {

    /** The system property where the points find this agent: whatever loads their classes, all see the same. */
    static final String PROPERTY = "armory.faults";

    /** Where the classes with fault points are in the agent's jar. */
    static final String CLASSES = "classes/";

    private static final int SIGKILL = 9;

    /** What a plan says to do. */
    enum Effect {
        /** To die of SIGKILL. */
        KILL,
        /** For as long as the plan is there, to throw as if the disk were full. */
        NO_SPACE,
        /** To go on once the plan has it no more. */
        HOLD
    }

    /** Behind the plan's name and before the point's: a file that is there once somebody is held at that point. */
    static final String HELD = ".held.";

    private static final long LOOK_AGAIN_MILLIS = 10;

    private final Path plan;
    /** The JDK's own way to send a signal to its process, which it has for no other than those that Java can handle. */
    private final Method raise;

    private String current = "";
    private int passed;

    private FaultAgent(Path plan, Method raise) {
        this.plan = plan;
        this.raise = raise;
    }

    /** @param plan the file with what is to happen, see {@link FaultInjector} */
    public static void premain(String plan, Instrumentation instrumentation) throws ReflectiveOperationException {
        instrumentation.redefineModule(
                Object.class.getModule(),
                Set.of(),
                Map.of(),
                Map.of("jdk.internal.misc", Set.of(FaultAgent.class.getModule())),
                Set.of(),
                Map.of());
        Method raise = Class.forName("jdk.internal.misc.Signal").getDeclaredMethod("raise0", int.class);
        raise.setAccessible(true);
        System.getProperties().put(PROPERTY, new FaultAgent(Path.of(plan), raise));
        instrumentation.addTransformer(new Replacement());
    }

    /** Gives the JVM the classes in this agent's jar instead of those of the same names. */
    private static final class Replacement implements ClassFileTransformer {

        @Override
        public byte[] transform(
                ClassLoader loader, String name, Class<?> redefined, ProtectionDomain domain, byte[] original) {
            if (name == null || !(name.startsWith("io/jenkins/") || name.startsWith("org/jenkinsci/"))) {
                return null;
            }
            try (InputStream replacement = ClassLoader.getSystemResourceAsStream(CLASSES + name + ".class")) {
                return replacement == null ? null : replacement.readAllBytes();
            } catch (IOException x) {
                throw new IllegalStateException(x);
            }
        }
    }

    /** A point is passed; the arguments are those of its method. */
    @Override
    public void accept(String point, Object[] arguments) {
        for (String line : read()) {
            String[] words = line.split("\t", -1);
            if (words[0].equals(point) && Arrays.toString(arguments).contains(words[1])) {
                act(line, words, arguments);
            }
        }
    }

    private void act(String line, String[] words, Object[] arguments) {
        Effect effect = Effect.valueOf(words[2]);
        if (effect == Effect.NO_SPACE) {
            sneak(new IOException("No space left on device"));
        } else if (effect == Effect.HOLD) {
            hold(line, words[0]);
        } else if (isTurn(line, Integer.parseInt(words[3]))) {
            die();
        }
    }

    private void hold(String line, String point) {
        try {
            Files.writeString(Path.of(plan + HELD + point), line);
            while (read().contains(line)) {
                Thread.sleep(LOOK_AGAIN_MILLIS);
            }
        } catch (IOException | InterruptedException x) {
            throw new IllegalStateException(x);
        }
    }

    /** At once: nothing is flushed, no hook is run, and no other thread gets any further. */
    private void die() {
        try {
            raise.invoke(null, SIGKILL);
        } catch (ReflectiveOperationException x) {
            throw new IllegalStateException(x);
        }
    }

    private synchronized boolean isTurn(String newest, int turn) {
        passed = newest.equals(current) ? passed + 1 : 1;
        current = newest;
        return passed == turn;
    }

    /** The plan, a line for each point; none without a plan. */
    private List<String> read() {
        try {
            return Files.readAllLines(plan, StandardCharsets.UTF_8);
        } catch (NoSuchFileException x) {
            return List.of();
        } catch (IOException x) {
            throw new IllegalStateException(x);
        }
    }

    @SuppressWarnings("unchecked")
    private static <T extends Throwable> void sneak(Throwable exception) throws T {
        throw (T) exception;
    }
}
