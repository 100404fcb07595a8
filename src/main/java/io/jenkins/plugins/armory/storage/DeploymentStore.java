package io.jenkins.plugins.armory.storage;

import io.jenkins.plugins.armory.deployment.Deployment;
import io.jenkins.plugins.armory.deployment.Deployment.Transition;
import io.jenkins.plugins.armory.deployment.DeploymentEvent;
import io.jenkins.plugins.armory.deployment.Environment;
import io.jenkins.plugins.armory.deployment.Environment.State;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executor;
import java.util.function.Supplier;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.kohsuke.accmod.Restricted;
import org.kohsuke.accmod.restrictions.NoExternalUse;

/**
 * The environments of one build, durable in a file of the build's folder. What has been told is on disk: events are applied
 * one after another in memory, and whoever brings one hears what came of it once it is written. Events that come while the
 * file is being written are written together, so many at a time cost little more than one.
 */
@Restricted(NoExternalUse.class)
public final class DeploymentStore {

    private static final Logger LOGGER = Logger.getLogger(DeploymentStore.class.getName());
    /** The file's name in the folder of a build. */
    static final String FILE = "armory-deployment.json";

    /** Somebody who waits for the dependencies of an environment. */
    public interface Waiter {
        /** Called once, on the executor given to {@link DeploymentStore}: the environment waits no longer. */
        void settled(Environment environment);
    }

    /** What was told could not be written; whoever told it tells it again until it can, and goes on only then. */
    public static final class UnwrittenException extends IOException {

        private static final long serialVersionUID = 1L;

        UnwrittenException(IOException cause) {
            super("The environments of the build cannot be written: " + cause, cause);
        }
    }

    private final Supplier<Path> folder;
    private final Executor executor;
    private final Clock clock;
    /** By name of the environment; guarded by this. */
    private final Map<String, Waiter> waiters = new LinkedHashMap<>();

    /** With every event so far; guarded by this. */
    private Deployment newest;

    /** How many events changed something so far; guarded by this. */
    private long changes;

    private final Object writing = new Object();
    /** How many of them are on disk; guarded by {@link #writing}. */
    private long written;

    private volatile Deployment durable;

    private DeploymentStore(Supplier<Path> folder, Executor executor, Clock clock, Deployment deployment) {
        this.folder = folder;
        this.executor = executor;
        this.clock = clock;
        this.newest = deployment;
        this.durable = deployment;
    }

    /**
     * Opens the environments of a build, of which there are none before the first event. What a crash has cut off in being
     * written is removed; so nobody else may be writing while they are opened.
     *
     * @param folder of the build; asked anew each time, since a renamed job takes its builds along
     * @param executor runs waiters
     * @throws IOException when there is a file that cannot be used
     */
    public static DeploymentStore open(Supplier<Path> folder, Executor executor, Clock clock) throws IOException {
        Path file = folder.get().resolve(FILE);
        try {
            Files.deleteIfExists(Path.of(file + DurableFile.TEMPORARY));
        } catch (IOException x) {
            LOGGER.log(Level.FINE, "Something is in the way of writing " + file, x); // whoever writes is told
        }
        return new DeploymentStore(
                folder, executor, clock, Files.exists(file) ? DeploymentJson.read(file) : Deployment.EMPTY);
    }

    /** What is on disk. */
    public Deployment deployment() {
        return durable;
    }

    /**
     * Applies an event.
     *
     * @return what came of it, which is on disk
     * @throws UnwrittenException when it could not be written. It has not happened for anybody who waits, but is written with
     *     whatever comes next; so it must be told again until it is written, which is no more than that
     */
    public Transition apply(DeploymentEvent event) throws UnwrittenException {
        Instant now = clock.instant().truncatedTo(ChronoUnit.MILLIS);
        Transition transition;
        long change;
        synchronized (this) {
            transition = newest.on(event, now);
            if (transition.deployment() != newest) {
                newest = transition.deployment();
                changes++;
            }
            change = changes;
        }
        write(change);
        notifyWaiters();
        return transition;
    }

    private void write(long change) throws UnwrittenException {
        synchronized (writing) {
            if (written >= change) {
                return; // whoever wrote last has written this too
            }
            Deployment toWrite;
            long last;
            synchronized (this) {
                toWrite = newest;
                last = changes;
            }
            try {
                DeploymentJson.write(folder.get().resolve(FILE), toWrite);
            } catch (IOException x) {
                throw new UnwrittenException(x);
            }
            durable = toWrite;
            written = last;
        }
    }

    /** Lets somebody wait for the dependencies of an environment, which may have been settled already. */
    public void attach(String environment, Waiter waiter) {
        synchronized (this) {
            waiters.put(environment, waiter);
        }
        notifyWaiters();
    }

    /** Nobody waits for that environment any more. */
    public synchronized void detach(String environment) {
        waiters.remove(environment);
    }

    private synchronized void notifyWaiters() {
        for (String name : List.copyOf(waiters.keySet())) {
            durable.find(name)
                    .filter(environment -> environment.state() != State.WAITING_FOR_DEPENDENCIES)
                    .ifPresent(environment -> {
                        Waiter waiter = waiters.remove(name);
                        executor.execute(() -> waiter.settled(environment));
                    });
        }
    }

    /** Names of the environments that somebody waits with, see {@link #attach}. */
    public synchronized List<String> waiting() {
        return new ArrayList<>(waiters.keySet());
    }
}
