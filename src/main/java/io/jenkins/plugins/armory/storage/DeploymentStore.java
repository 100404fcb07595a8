package io.jenkins.plugins.armory.storage;

import io.jenkins.plugins.armory.environment.Deployment;
import io.jenkins.plugins.armory.environment.Deployment.Transition;
import io.jenkins.plugins.armory.environment.DeploymentEvent;
import io.jenkins.plugins.armory.environment.Environment;
import io.jenkins.plugins.armory.environment.Environment.State;
import io.jenkins.plugins.armory.storage.disk.Disk;
import io.jenkins.plugins.armory.storage.disk.DurableFile;
import io.jenkins.plugins.armory.storage.disk.StoredJson;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
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
 * The environments of one build, in a file of the build's folder. Events are applied one after another in memory. The
 * result of an event is returned once it is on disk. Events that come during a write share the next write, so many at a
 * time cost little more than one.
 */
@Restricted(NoExternalUse.class)
public final class DeploymentStore {

    private static final Logger LOGGER = Logger.getLogger(DeploymentStore.class.getName());

    /** The file's name in the folder of a build. */
    static final String FILE = "armory-deployment.json";

    /** A step that waits for its environment. */
    public interface Waiter {
        /** Called once, on the store's executor, when the environment has left the state in which it waited. */
        void settled(Environment environment);
    }

    /**
     * Says that the result of an event could not be written. The sender of the event repeats it until it is written.
     */
    public static final class UnwrittenException extends IOException {

        private static final long serialVersionUID = 1L;

        UnwrittenException(IOException cause) {
            super("The environments of the build cannot be written: " + cause, cause);
        }
    }

    private final Supplier<Path> folder;
    private final Executor executor;
    private final Clock clock;

    private record Waiting(State in, Waiter waiter) {}

    /** The waiters by name of the environment. Guarded by this. */
    private final Map<String, Waiting> waiters = new LinkedHashMap<>();

    /** The result of all events so far. Guarded by this. */
    private Deployment newest;

    /** The number of events that changed something. Guarded by this. */
    private long changes;

    private final Object writing = new Object();

    /** The number of these changes that are on disk. Guarded by {@link #writing}. */
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
     * Opens the environments of a build. Without a file there are none. Removes a temporary file that a crash has left,
     * so nothing else may write meanwhile.
     *
     * @param folder returns the build's folder, which changes with the name of the job
     * @param executor calls the waiters
     * @throws IOException if there is a file that cannot be read
     */
    public static DeploymentStore open(Supplier<Path> folder, Executor executor, Clock clock) throws IOException {
        Path file = folder.get().resolve(FILE);
        try {
            Files.deleteIfExists(Path.of(file + DurableFile.TEMPORARY));
        } catch (IOException x) {
            LOGGER.log(
                    Level.FINE, "Cannot remove the temporary file of " + file, x); // the next write fails and says so
        }
        Deployment deployment =
                StoredJson.find(Disk.LOCAL, file, Deployment.class).orElse(Deployment.EMPTY);
        return new DeploymentStore(folder, executor, clock, deployment);
    }

    /** Returns the environments as they are on disk. */
    public Deployment deployment() {
        return durable;
    }

    /** Returns the environments with what is not on disk yet. */
    public synchronized Deployment newest() {
        return newest;
    }

    /**
     * Applies an event.
     *
     * @return its result, which is on disk
     * @throws UnwrittenException if the result could not be written. Waiters are not called then. The next write takes it
     *     along, so repeating the event does no more than write
     */
    public Transition apply(DeploymentEvent event) throws UnwrittenException {
        Transition transition = note(event);
        flush();
        transition.moves().forEach(move -> LOGGER.fine(move::toString));
        notifyWaiters();
        return transition;
    }

    /** Applies an event in memory alone. The next write has it too, at the latest that of the build's end. */
    public synchronized Transition note(DeploymentEvent event) {
        Transition transition = newest.on(event, clock.instant().truncatedTo(ChronoUnit.MILLIS));
        if (transition.deployment() != newest) {
            newest = transition.deployment();
            changes++;
        }
        return transition;
    }

    /**
     * Ends the environments of a build that has ended. A build without any gets no file.
     *
     * @return whether one was not over
     * @throws UnwrittenException if that could not be written
     */
    public boolean end() throws UnwrittenException {
        return !newest().isEmpty()
                && !apply(new DeploymentEvent.BuildEnded()).moves().isEmpty();
    }

    /**
     * Writes the events that are in memory alone.
     *
     * @throws UnwrittenException if they could not be written
     */
    public void flush() throws UnwrittenException {
        long change;
        synchronized (this) {
            change = changes;
        }
        write(change);
    }

    private void write(long change) throws UnwrittenException {
        synchronized (writing) {
            if (written >= change) {
                return; // a later write has this change too
            }
            Deployment toWrite;
            long last;
            synchronized (this) {
                toWrite = newest;
                last = changes;
            }
            try {
                DurableFile.write(folder.get().resolve(FILE), StoredJson.file(toWrite));
            } catch (IOException x) {
                throw new UnwrittenException(x);
            }
            durable = toWrite;
            written = last;
        }
    }

    /**
     * Adds the waiter of an environment. It is called at once if the environment is in another state.
     *
     * @param in the state in which it waits
     */
    public void attach(String environment, State in, Waiter waiter) {
        synchronized (this) {
            waiters.put(environment, new Waiting(in, waiter));
        }
        notifyWaiters();
    }

    /** Removes the waiter of an environment, unless another one has taken its place. */
    public synchronized void detach(String environment, Waiter waiter) {
        waiters.computeIfPresent(environment, (name, known) -> known.waiter == waiter ? null : known);
    }

    private synchronized void notifyWaiters() {
        for (String name : List.copyOf(waiters.keySet())) {
            Waiting waiting = waiters.get(name);
            durable.find(name)
                    .filter(environment -> environment.state() != waiting.in)
                    .ifPresent(environment -> {
                        waiters.remove(name);
                        executor.execute(() -> waiting.waiter.settled(environment));
                    });
        }
    }

    /** Returns the names of the environments that have a waiter. */
    public synchronized List<String> waiting() {
        return new ArrayList<>(waiters.keySet());
    }
}
