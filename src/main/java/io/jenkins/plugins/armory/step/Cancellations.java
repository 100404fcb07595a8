package io.jenkins.plugins.armory.step;

import io.jenkins.plugins.armory.delivery.Sending;
import io.jenkins.plugins.armory.delivery.AttemptUnderWay;
import io.jenkins.plugins.armory.runtime.Work;
import io.jenkins.plugins.armory.runtime.Route;
import edu.umd.cs.findbugs.annotations.CheckForNull;
import hudson.AbortException;
import hudson.Extension;
import hudson.ExtensionList;
import hudson.model.Job;
import hudson.model.Run;
import hudson.security.ACL;
import hudson.security.ACLContext;
import io.jenkins.plugins.armory.runtime.ArmoryApprovals;
import io.jenkins.plugins.armory.approval.Approval;
import io.jenkins.plugins.armory.approval.Approvals;
import io.jenkins.plugins.armory.approval.Attempt;
import io.jenkins.plugins.armory.storage.DurableFile;
import io.jenkins.plugins.armory.approval.Event;
import io.jenkins.plugins.armory.config.ArmoryConfiguration;
import io.jenkins.plugins.armory.delivery.RetryPolicy;
import io.jenkins.plugins.armory.http.WebhookCaller.Result;
import io.jenkins.plugins.armory.webhook.WebhookRequest;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import java.util.logging.Level;
import java.util.logging.Logger;
import java.util.stream.Stream;
import jenkins.model.Jenkins;
import jenkins.util.Timer;

/**
 * Calls the cancel webhooks of approvals that end without a decision of their external processes. The build does not wait for
 * that, and what comes of it changes nothing but the record.
 *
 * <p>A cancel webhook is on disk before the approval's webhook is called, in a file of its own, and stays there until it is
 * certain that it need not be called, or is not to be called again. So it is called after a crash too; where the crash came
 * between its call and the end of the record, for a second time, with the same {@code Idempotency-Key}.
 */
@Extension
public final class Cancellations {

    private static final Logger LOGGER = Logger.getLogger(Cancellations.class.getName());
    private static final RetryPolicy POLICY = new RetryPolicy();
    private static final String SUFFIX = ".json";
    /** Behind the approval's id in the {@code Idempotency-Key}: it is another call than the one that it cancels. */
    private static final String KEY_SUFFIX = "-cancel";

    /** By the approval's id: those that are on disk. */
    private final Map<String, Armed> armed = new ConcurrentHashMap<>();

    private final AtomicLong failures = new AtomicLong();
    private final AtomicBoolean open = new AtomicBoolean();

    /** A cancel webhook that is on disk. */
    private static final class Armed {

        /** Whether it was there when Jenkins started, so that there may have been calls that nobody knows of. */
        private final boolean restored;

        /** Who calls the approval's webhook, {@code null} while nobody does. */
        @CheckForNull
        private Sending sending;

        private boolean over;
        private volatile Consumer<String> log = line -> {};

        Armed(boolean restored) {
            this.restored = restored;
        }

        /** The approval has ended. Whether this is for the caller to see to: once. */
        synchronized boolean end() {
            boolean first = !over;
            over = true;
            return first;
        }

        /** Whether the approval goes on, so that its webhook may be called. */
        synchronized boolean watch(Sending newSending, Consumer<String> newLog) {
            sending = newSending;
            log = newLog;
            return !over;
        }

        @CheckForNull
        synchronized Sending sending() {
            return sending;
        }
    }

    public static Cancellations get() {
        return ExtensionList.lookupSingleton(Cancellations.class);
    }

    /** How many cancel webhooks could not be called since Jenkins started. */
    public long failures() {
        return failures.get();
    }

    /**
     * Takes up what was left, and listens from here on. For when Jenkins has loaded its jobs.
     *
     * @throws IOException when the folder cannot be used
     */
    public void open() throws IOException {
        if (!open.compareAndSet(false, true)) {
            return;
        }
        approvals().onDecision(approval -> later(() -> decided(approval)));
        Files.createDirectories(folder());
        try (Stream<Path> files = Files.list(folder())) {
            for (Path file : files.toList()) {
                String name = String.valueOf(file.getFileName());
                if (name.endsWith(SUFFIX)) {
                    armed.putIfAbsent(name.substring(0, name.length() - SUFFIX.length()), new Armed(true));
                } else if (name.endsWith(DurableFile.TEMPORARY) && isOfAnEarlierProcess(file)) {
                    Files.deleteIfExists(file);
                }
            }
        }
        forEachArmed(approval -> {
            if (approval.isDecided()) {
                later(() -> decided(approval));
            }
        });
    }

    /** Builds that were resumed already may be writing others. */
    private static boolean isOfAnEarlierProcess(Path file) throws IOException {
        return Files.getLastModifiedTime(file).toMillis()
                < ManagementFactory.getRuntimeMXBean().getStartTime();
    }

    /** Forgets those whose approvals are gone; one that cannot be read now is left, see {@link Approvals#unreadable}. */
    private void forEachArmed(Consumer<Approval> action) {
        for (String id : List.copyOf(armed.keySet())) {
            try {
                approvals().find(id).ifPresentOrElse(action, () -> forget(id));
            } catch (IOException x) {
                LOGGER.log(Level.WARNING, "Cannot read " + id + ", so it is not known whether to cancel it", x);
            }
        }
    }

    /**
     * From here on the webhook is called should the approval end without its external process.
     *
     * @throws IOException when that could not be made durable
     */
    void arm(CancelRecord cancel) throws IOException {
        String id = cancel.request().approvalId();
        if (!armed.containsKey(id)) {
            Files.createDirectories(folder());
            cancel.write(file(id));
            armed.put(id, new Armed(false));
            // It may have ended meanwhile, before there was anything to be called.
            approvals().find(id).filter(Approval::isDecided).ifPresent(approval -> forget(id));
        }
    }

    /**
     * From here on an attempt that is being made is waited for before anything is cancelled, and the build's log is told. To be
     * called before the first attempt; where the approval has ended, there is to be none.
     */
    void watch(String approvalId, Sending sending, Consumer<String> log) {
        Armed known = armed.get(approvalId);
        if (known != null && !known.watch(sending, log)) {
            sending.stop();
            if (!known.restored) { // else it is being called
                forget(approvalId);
            }
        }
    }

    /** There is nothing to cancel, or no build any more. */
    public void forget(String approvalId) {
        if (armed.remove(approvalId) != null) {
            try {
                Files.deleteIfExists(file(approvalId));
            } catch (IOException x) {
                LOGGER.log(Level.WARNING, "Cannot delete the record of the cancel webhook of " + approvalId, x);
            }
        }
    }

    /** Forgets those whose approvals are gone. */
    public void clean() {
        forEachArmed(approval -> {});
    }

    private void decided(Approval approval) throws IOException {
        String id = approval.id();
        Armed known = armed.get(id);
        if (known == null || !known.end()) {
            return;
        }
        Sending sending = known.sending();
        if (!approval.isCancelled()) {
            forget(id);
        } else if (sending != null) {
            sending.stop();
            sending.whenQuiet(taken -> later(() -> cancel(approval, known, taken)));
        } else if (known.restored) {
            // An attempt of which nothing was noted may have been cut off.
            cancel(approval, known, approval.attempts().isEmpty() || Sending.mayHaveBeenTaken(approval));
        }
    }

    private void cancel(Approval approval, Armed known, boolean taken) throws IOException {
        if (!taken) {
            forget(approval.id());
            return;
        }
        CancelRecord cancel = CancelRecord.read(file(approval.id()));
        Job<?, ?> job = Jenkins.get().getItemByFullName(approval.build().job(), Job.class);
        Run<?, ?> run = job == null ? null : job.getBuildByNumber(approval.build().number());
        if (run == null) {
            // If the build was deleted, this is forgotten with it; else it may be there again at the next start.
            LOGGER.log(
                    Level.WARNING,
                    "The cancel webhook of approval {0} is not called now, since its build {1} is not there; the next start of Jenkins tries again",
                    new Object[] {approval.id(), approval.build()});
            return;
        }
        Optional<String> reason = known.restored
                ? ArmoryConfiguration.get()
                        .reasonNotToCall(cancel.origin(), "The cancel webhook of approval " + approval.id() + " of " + run)
                : Optional.empty();
        if (reason.isPresent()) {
            LOGGER.warning(reason.get());
            return;
        }
        new Call(approval, cancel, run, known.log).attempt(1);
    }

    /** All attempts to call one cancel webhook. */
    private final class Call {

        private final Approval approval;
        private final CancelRecord cancel;
        private final Run<?, ?> run;
        private final Consumer<String> log;

        Call(Approval approval, CancelRecord cancel, Run<?, ?> run, Consumer<String> log) {
            this.approval = approval;
            this.cancel = cancel;
            this.run = run;
            this.log = log;
        }

        void attempt(int number) {
            AttemptUnderWay begun = AttemptUnderWay.begin(number);
            try {
                WebhookRequest request = cancel.request().of(cancel.webhook(), run, approval.requireDecision());
                Route route = Route.of(
                        cancel.webhook(), cancel.request().account(), cancel.request().environment(), run, line -> {});
                route.call(
                        request,
                        approval.id() + KEY_SUFFIX,
                        () -> true,
                        result -> later(() -> ended(request.host(), begun, result)));
            } catch (AbortException | RuntimeException x) {
                String reason = x instanceof AbortException ? x.getMessage() : x.toString();
                over(begun.notMade(reason));
            }
        }

        private void ended(String host, AttemptUnderWay begun, Result result) {
            Duration delay = POLICY.delay(begun.number(), cancel.webhook().retryCount(), result)
                    .orElse(null);
            if (delay == null) {
                over(begun.ended(host, result, null));
                return;
            }
            try {
                Timer.get()
                        .schedule(() -> later(() -> attempt(begun.number() + 1)), delay.toMillis(), TimeUnit.MILLISECONDS);
            } catch (RejectedExecutionException x) {
                // Jenkins is going down; the next start calls again.
            }
        }

        private void over(Attempt attempt) {
            String name = "The cancel webhook of '" + approval.webhook() + "'";
            if (attempt.failure() == null) {
                tell(name + " answered " + attempt.status() + ".");
            } else {
                failures.incrementAndGet();
                String line = name + " could not be called: " + attempt.failure()
                        + (attempt.number() == 1 ? "" : " (after " + attempt.number() + " attempts)");
                tell("WARNING: " + line);
                LOGGER.log(Level.WARNING, "{0}: {1}", new Object[] {run, line});
            }
            try {
                approvals().apply(approval.id(), new Event.CancelCalled(attempt));
            } catch (IOException x) {
                LOGGER.log(Level.WARNING, "Cannot write what came of the cancel webhook of " + approval.id(), x);
            }
            forget(approval.id());
        }

        /** As long as the build's log takes it. */
        private void tell(String line) {
            try {
                log.accept(line);
            } catch (RuntimeException x) {
                LOGGER.log(Level.FINE, "Cannot write to the log of " + run, x);
            }
        }
    }

    private static void later(Work work) {
        ArmoryApprovals.get().executor().execute(() -> {
            try (ACLContext ignored = ACL.as2(ACL.SYSTEM2)) {
                work.run();
            } catch (Exception x) {
                LOGGER.log(Level.WARNING, "Cannot call a cancel webhook; the next start of Jenkins tries again", x);
            }
        });
    }

    private static Approvals approvals() throws IOException {
        return ArmoryApprovals.get().approvals();
    }

    private static Path folder() {
        return Jenkins.get().getRootDir().toPath().resolve("armory-approvals").resolve("cancel");
    }

    private static Path file(String approvalId) {
        return folder().resolve(approvalId + SUFFIX);
    }
}
