package io.jenkins.plugins.armory.acceptance.faults;

import static net.bytebuddy.matcher.ElementMatchers.isDeclaredBy;
import static net.bytebuddy.matcher.ElementMatchers.named;

import io.jenkins.plugins.armory.acceptance.driver.Wait;
import io.jenkins.plugins.armory.acceptance.faults.FaultAgent.Effect;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BiConsumer;
import java.util.jar.Attributes;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import java.util.jar.Manifest;
import java.util.zip.ZipEntry;
import java.util.zip.ZipInputStream;
import net.bytebuddy.ByteBuddy;
import net.bytebuddy.asm.Advice;
import net.bytebuddy.asm.AsmVisitorWrapper;
import net.bytebuddy.description.type.TypeDescription;
import net.bytebuddy.dynamic.ClassFileLocator;
import net.bytebuddy.dynamic.DynamicType;
import net.bytebuddy.dynamic.scaffold.MethodGraph;
import net.bytebuddy.pool.TypePool;

/**
 * Makes the Java agent that has the fault points, and tells it what is to happen at them. The classes are changed here,
 * once, and not in each process that is started.
 */
public final class FaultInjector {

    private final Path jar;
    private final Path plan;
    private int plans;

    /** Stands for a point's name in the advice. */
    @Retention(RetentionPolicy.RUNTIME)
    private @interface Name {}

    /**
     * What is put at the beginning of methods; it may name nothing that the loader of a plugin's class does not know.
     */
    private static final class Enter {
        @Advice.OnMethodEnter
        @SuppressWarnings("unchecked")
        static void pass(@Name String name, @Advice.AllArguments Object[] arguments) {
            ((BiConsumer<String, Object[]>) System.getProperties().get(FaultAgent.PROPERTY)).accept(name, arguments);
        }
    }

    /** What is put at their end, unless they throw. */
    private static final class Exit {
        @Advice.OnMethodExit
        @SuppressWarnings("unchecked")
        static void pass(@Name String name, @Advice.AllArguments Object[] arguments) {
            ((BiConsumer<String, Object[]>) System.getProperties().get(FaultAgent.PROPERTY)).accept(name, arguments);
        }
    }

    private FaultInjector(Path jar, Path plan) {
        this.jar = jar;
        this.plan = plan;
    }

    /**
     * Makes an agent.
     *
     * @param points that it is to have, in the classes of the controller that this run of the suite is about
     */
    public static FaultInjector create(List<FaultPoint> points) {
        try {
            Map<String, byte[]> classes = new HashMap<>();
            for (Path archive : FaultPoint.archives()) {
                readClasses(Files.newInputStream(archive), classes);
            }
            Path work = Files.createDirectories(
                    Path.of(System.getProperty("acceptance.work")).toAbsolutePath());
            Path jar = Files.createTempFile(work, "faults-", ".jar");
            write(jar, instrument(points, classes));
            return new FaultInjector(jar, Path.of(jar + ".plan"));
        } catch (IOException x) {
            throw new UncheckedIOException(x);
        }
    }

    /** Stands for classes that are in no archive here: nothing but their names is of any account. */
    private static final class Stubs implements ClassFileLocator {

        @Override
        public Resolution locate(String name) {
            return new Resolution.Explicit(
                    new ByteBuddy().subclass(Object.class).name(name).make().getBytes());
        }

        @Override
        public void close() {}
    }

    private static void readClasses(InputStream archive, Map<String, byte[]> classes) throws IOException {
        try (ZipInputStream zip = new ZipInputStream(archive)) {
            for (ZipEntry entry = zip.getNextEntry(); entry != null; entry = zip.getNextEntry()) {
                String name = entry.getName();
                if (name.endsWith(".class")) {
                    classes.put(
                            name.substring(0, name.length() - ".class".length()).replace('/', '.'), zip.readAllBytes());
                } else if (name.startsWith("WEB-INF/lib/")) {
                    readClasses(new ByteArrayInputStream(zip.readAllBytes()), classes);
                }
            }
        }
    }

    private static Map<String, byte[]> instrument(List<FaultPoint> points, Map<String, byte[]> classes) {
        ClassFileLocator locator = new ClassFileLocator.Compound(
                new ClassFileLocator.Simple(classes), ClassFileLocator.ForClassLoader.ofPlatformLoader(), new Stubs());
        ByteBuddy byteBuddy = new ByteBuddy().with(MethodGraph.Compiler.ForDeclaredMethods.INSTANCE);
        TypePool pool = TypePool.Default.of(locator);
        Map<String, DynamicType.Builder<?>> builders = new LinkedHashMap<>();
        for (FaultPoint point : points) {
            TypeDescription type = pool.describe(point.type()).resolve();
            if (type.getDeclaredMethods().filter(named(point.method())).isEmpty()) {
                throw new IllegalArgumentException(point + ": " + point.type() + " has no method " + point.method());
            }
            Advice advice = Advice.withCustomMapping()
                    .bind(Name.class, point.name())
                    .to(point.isAtBegin() ? Enter.class : Exit.class);
            AsmVisitorWrapper visitor = advice.on(named(point.method()).and(isDeclaredBy(type)));
            builders.merge(
                    point.type(),
                    byteBuddy.decorate(type, locator).visit(visitor),
                    (before, unused) -> before.visit(visitor));
        }
        Map<String, byte[]> made = new LinkedHashMap<>();
        builders.forEach((name, builder) -> made.put(name, builder.make().getBytes()));
        return made;
    }

    private static void write(Path jar, Map<String, byte[]> classes) throws IOException {
        Manifest manifest = new Manifest();
        manifest.getMainAttributes().put(Attributes.Name.MANIFEST_VERSION, "1.0");
        manifest.getMainAttributes().putValue("Premain-Class", FaultAgent.class.getName());
        try (OutputStream file = Files.newOutputStream(jar);
                JarOutputStream out = new JarOutputStream(file, manifest)) {
            for (Map.Entry<String, byte[]> type : classes.entrySet()) {
                add(out, FaultAgent.CLASSES + type.getKey().replace('.', '/') + ".class", type.getValue());
            }
            List<Class<?>> own = new ArrayList<>(List.of(FaultAgent.class));
            own.addAll(Arrays.asList(FaultAgent.class.getDeclaredClasses()));
            for (Class<?> type : own) {
                String name = type.getName().replace('.', '/') + ".class";
                try (InputStream in = FaultAgent.class.getClassLoader().getResourceAsStream(name)) {
                    add(out, name, in.readAllBytes());
                }
            }
        }
    }

    private static void add(JarOutputStream out, String name, byte[] content) throws IOException {
        out.putNextEntry(new JarEntry(name));
        out.write(content);
        out.closeEntry();
    }

    /** The option of {@code java} that has a process use the agent. */
    public String javaOption() {
        return "-javaagent:" + jar + "=" + plan;
    }

    /** Has the process die of SIGKILL when it has come to that point for the given time from now on. */
    public void kill(FaultPoint point, int turn) {
        List<String> lines = new ArrayList<>();
        // The last word makes it another plan than the one before it.
        lines.add(line(point, Effect.KILL, turn) + '\t' + ++plans);
        plan(lines);
    }

    /** Has the process get "No space left on device" at that point from now on. */
    public void fillDisk(FaultPoint point) {
        plan(List.of(line(point, Effect.NO_SPACE, 0)));
    }

    /**
     * Has whoever comes to one of these points from now on wait there, until {@link #disarm} or another call without
     * that point.
     */
    public void hold(FaultPoint... points) {
        plan(Arrays.stream(points).map(point -> line(point, Effect.HOLD, 0)).toList());
    }

    /** Waits until somebody has come to a point where they are held. */
    public void awaitHeld(FaultPoint point) {
        Wait.until("somebody is held at " + point)
                .until(() -> Files.exists(Path.of(plan + FaultAgent.HELD + point.name())));
    }

    private static String line(FaultPoint point, Effect effect, int turn) {
        return String.join("\t", point.name(), point.argument(), effect.name(), String.valueOf(turn));
    }

    private void plan(List<String> lines) {
        try {
            Path written = Files.write(Path.of(plan + ".new"), lines);
            Files.move(written, plan, StandardCopyOption.ATOMIC_MOVE);
        } catch (IOException x) {
            throw new UncheckedIOException(x);
        }
    }

    /** Has nothing happen from now on. */
    public void disarm() {
        try {
            Files.deleteIfExists(plan);
            for (FaultPoint point : FaultPoint.values()) {
                Files.deleteIfExists(Path.of(plan + FaultAgent.HELD + point.name()));
            }
        } catch (IOException x) {
            throw new UncheckedIOException(x);
        }
    }
}
