package io.jenkins.plugins.armory.runtime;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import io.jenkins.plugins.armory.call.ApprovalRequests;
import io.jenkins.plugins.armory.call.CallLoop;
import io.jenkins.plugins.armory.call.CallPermits;
import io.jenkins.plugins.armory.call.Settings;
import io.jenkins.plugins.armory.store.Approvals;
import io.jenkins.plugins.armory.store.disk.StoreInUseException;
import io.jenkins.plugins.armory.store.disk.StoreLock;
import io.jenkins.plugins.armory.store.disk.UnknownFormatException;
import io.jenkins.plugins.armory.store.disk.UntilWritten;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import java.time.ZoneOffset;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.Executor;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.kohsuke.accmod.Restricted;
import org.kohsuke.accmod.restrictions.NoExternalUse;

/**
 * The approvals, opened when they are first needed. An obstacle is logged once; opening is tried again until it can.
 */
@Restricted(NoExternalUse.class)
public final class OpenStore {

    private static final Logger LOGGER = Logger.getLogger(OpenStore.class.getName());

    private final Path folder;
    private final Supplier<Settings> settings;
    private final Supplier<Approvals.Builds> builds;
    private final ApprovalRequests requests;
    private final CallPermits permits;
    private final ScheduledExecutorService timer;
    private final Executor executor;
    private final ApprovalEvents events;
    private final UntilWritten again;

    /** The parts that are open together. */
    public record Open(Approvals approvals, CallLoop calls) {}

    // The following fields are guarded by this.

    /** Closes what is open, the last part first. */
    private final Deque<Runnable> opened = new ArrayDeque<>();

    /** {@code null} while the approvals are not open. */
    @CheckForNull
    private Open open;

    private final List<Consumer<Open>> waiting = new ArrayList<>();
    private boolean closed;

    /** The obstacle, {@code null} while nobody has tried to open the approvals, and while they are open. */
    @CheckForNull
    private Problem problem;

    /**
     * An obstacle to opening the approvals.
     *
     * @param details for administrators
     * @param message for everybody
     */
    private record Problem(String details, String message) {

        static Problem of(Path folder, Throwable x) {
            if (x instanceof StoreInUseException) {
                return new Problem(
                        x.getMessage(),
                        "Another Jenkins has the approvals of this JENKINS_HOME; this one takes over when that has ended.");
            } else if (x instanceof UnknownFormatException) {
                return new Problem(
                        x.getMessage(),
                        "The approvals of Jenkins were written by a newer version of the plugin. Its log says what to do.");
            }
            return new Problem(
                    "The folder " + folder + " cannot be used: " + x,
                    "The approvals of Jenkins cannot be opened. Its log says why.");
        }
    }

    /**
     * @param builds knows the builds
     * @param events tells other plugins of the changes
     */
    OpenStore(
            Path folder,
            Supplier<Settings> settings,
            Supplier<Approvals.Builds> builds,
            ApprovalRequests requests,
            CallPermits permits,
            ApprovalEvents events,
            ScheduledExecutorService timer,
            Executor executor) {
        this.folder = folder;
        this.settings = settings;
        this.builds = builds;
        this.requests = requests;
        this.permits = permits;
        this.timer = timer;
        this.executor = executor;
        this.events = events;
        again = new UntilWritten(timer, executor);
    }

    /**
     * Returns what is open, and opens it if nobody has tried before.
     *
     * @throws ApprovalsUnavailableException if it cannot be opened now
     */
    public synchronized Open open() throws ApprovalsUnavailableException {
        if (open == null && problem == null) {
            tryUntilOpen();
        }
        if (open == null) {
            throw new ApprovalsUnavailableException(
                    Objects.requireNonNull(problem, "approvals that are not open have a problem")
                            .message());
        }
        return open;
    }

    /** Returns the obstacle, for administrators; empty while the approvals are open, and until somebody needs them. */
    synchronized Optional<String> problem() {
        return Optional.ofNullable(problem).map(Problem::details);
    }

    /** Returns the approvals if they are open. */
    synchronized Optional<Approvals> approvals() {
        return Optional.ofNullable(open).map(Open::approvals);
    }

    /** Runs work that needs the approvals: at once if they are open, else on the executor once they are. */
    public void whenOpen(Consumer<Open> work) {
        Open now;
        synchronized (this) {
            try {
                now = open();
            } catch (ApprovalsUnavailableException x) {
                waiting.add(work);
                return;
            }
        }
        work.accept(now);
    }

    private void tryUntilOpen() {
        again.run(this::tryToOpen, x -> {});
    }

    private synchronized void tryToOpen() throws IOException {
        if (closed) {
            return;
        }
        try {
            Optional<String> unknown = settings.get().problem();
            if (unknown.isPresent()) { // what they forbid is not known
                throw failed(new Problem(unknown.get(), Settings.NOT_KNOWN), null);
            }
            openAll();
        } catch (ApprovalsUnavailableException x) {
            throw x;
        } catch (IOException | RuntimeException | Error x) {
            closeAll();
            throw failed(Problem.of(folder, x), x);
        }
        if (problem != null) {
            problem = null;
            LOGGER.log(Level.INFO, "The webhook approvals are open now");
        }
        Open now = open;
        waiting.forEach(work -> executor.execute(() -> work.accept(now)));
        waiting.clear();
    }

    private void openAll() throws IOException {
        StoreLock lock = StoreLock.take(folder);
        opened.push(lock::close);
        Approvals all = Approvals.open(
                folder,
                builds.get(),
                timer,
                executor,
                Clock.tickMillis(ZoneOffset.UTC), // as precise as people and scripts have use for
                events);
        opened.push(all::close);
        var calls = new CallLoop(
                all,
                requests,
                permits,
                new UntilWritten(timer, executor),
                () -> ThreadLocalRandom.current().nextDouble(),
                Clock.systemUTC());
        opened.push(calls::close);
        open = new Open(all, calls);
    }

    /** Closes what is open, so that the next attempt, or another controller, finds all of it free. */
    private void closeAll() {
        while (!opened.isEmpty()) {
            opened.pop().run();
        }
    }

    private ApprovalsUnavailableException failed(Problem found, @CheckForNull Throwable x) {
        if (!found.equals(problem)) {
            problem = found;
            LOGGER.log(
                    Level.SEVERE,
                    "The webhook approvals cannot be opened; trying again until they can. Builds that wait go on after that. "
                            + found.details(),
                    x instanceof StoreInUseException || x instanceof UnknownFormatException ? null : x);
        }
        return new ApprovalsUnavailableException(found.message());
    }

    /** Ends all writing, so that another controller may write. */
    synchronized void close() {
        closed = true;
        try {
            closeAll();
        } catch (IllegalStateException x) { // the lock stays until the process ends
            LOGGER.log(Level.SEVERE, "The approvals cannot be closed", x);
        }
    }
}
