package io.jenkins.plugins.armory.runtime;

import hudson.Extension;
import hudson.ExtensionList;
import hudson.model.Run;
import hudson.security.ACL;
import hudson.security.ACLContext;
import io.jenkins.plugins.armory.api.ApprovalListener;
import io.jenkins.plugins.armory.approval.Approval;
import io.jenkins.plugins.armory.approval.BuildRef;
import io.jenkins.plugins.armory.call.ApprovalRequests;
import io.jenkins.plugins.armory.call.CallLoop;
import io.jenkins.plugins.armory.call.CallPermits;
import io.jenkins.plugins.armory.call.Settings;
import io.jenkins.plugins.armory.call.WebhookClient;
import io.jenkins.plugins.armory.callback.CallbackEndpoint;
import io.jenkins.plugins.armory.callback.CallerIdentification;
import io.jenkins.plugins.armory.callback.RequestVerifier;
import io.jenkins.plugins.armory.callback.token.CallbackTokens;
import io.jenkins.plugins.armory.callback.token.ListedCallers;
import io.jenkins.plugins.armory.callback.token.TokenVerifier;
import io.jenkins.plugins.armory.environment.Deployment;
import io.jenkins.plugins.armory.store.Approvals;
import io.jenkins.plugins.armory.store.BuildState;
import io.jenkins.plugins.armory.store.History;
import io.jenkins.plugins.armory.store.disk.UntilWritten;
import java.io.IOException;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import jenkins.model.Jenkins;
import jenkins.security.HMACConfidentialKey;
import jenkins.util.Timer;
import org.kohsuke.accmod.Restricted;
import org.kohsuke.accmod.restrictions.NoExternalUse;

/**
 * The composition root: it holds one instance of each part of the plugin. Objects that Jenkins creates (extensions,
 * steps, actions) get it from {@link #get}; all others are handed what they need.
 */
@Extension
@Restricted(NoExternalUse.class)
public final class ArmoryRuntime {

    /** A name on disk. With another one, the tokens of all pending approvals would become invalid. */
    private static final String KEY_FILE = "io.jenkins.plugins.armory.ArmoryApprovals.callback";

    static final HMACConfidentialKey KEY = new HMACConfidentialKey(KEY_FILE);
    /**
     * The number of threads for deadlines, decisions and outgoing calls, which no work of a build takes. Idle threads
     * end.
     */
    private static final int THREADS = 8;
    /** The number of threads for the work of builds. */
    private static final int BUILD_THREADS = 64;

    private final ExecutorService executor = newExecutor(THREADS);
    private final ExecutorService buildExecutor = newExecutor(BUILD_THREADS);
    private final WebhookClient client = new WebhookClient();
    private final CallPermits permits = new CallPermits(client.executor());
    private volatile boolean closing;
    private final CallbackTokens tokens = new CallbackTokens(KEY::mac);
    private final RunningBuilds runningBuilds = new RunningBuilds();
    private final Deployments deployments =
            new Deployments(buildExecutor, runningBuilds, this::approvals, ArmoryRuntime::ended);
    private final ApprovalEvents events =
            new ApprovalEvents(() -> ExtensionList.lookup(ApprovalListener.class), buildExecutor, this::pending);
    private final OpenStore store = new OpenStore(
            Jenkins.get().getRootDir().toPath().resolve("armory-approvals"),
            Settings::get,
            this::builds,
            new ApprovalRequests(BuildRecord::find, tokens, client),
            permits,
            events,
            Timer.get(),
            executor);

    private final UntilWritten endings = new UntilWritten(Timer.get(), executor);

    /** Guarded by this. */
    private CallbackEndpoint endpoint;

    public static ArmoryRuntime get() {
        return ExtensionList.lookupSingleton(ArmoryRuntime.class);
    }

    /** Returns whether Jenkins shuts down, so that nothing is written any more. */
    public boolean isGoingDown() {
        return closing || Jenkins.get().isTerminating();
    }

    private static void ended(Run<?, ?> run, Deployment deployment) {
        ExtensionList.lookup(DeploymentListener.class).forEach(listener -> listener.ended(run, deployment));
    }

    private static ExecutorService newExecutor(int threads) {
        var pool = new ThreadPoolExecutor(threads, threads, 10, TimeUnit.SECONDS, new LinkedBlockingQueue<>(), work -> {
            var thread = new Thread(work, "Armory approvals");
            thread.setDaemon(true);
            return thread;
        });
        pool.allowCoreThreadTimeOut(true);
        return pool;
    }

    /**
     * Returns the approvals, and opens them if nobody has tried before.
     *
     * @throws ApprovalsUnavailableException if they cannot be opened now
     */
    public Approvals approvals() throws ApprovalsUnavailableException {
        return store.open().approvals();
    }

    /**
     * Returns the loop of outgoing calls.
     *
     * @throws ApprovalsUnavailableException if the approvals cannot be opened now
     */
    public CallLoop calls() throws ApprovalsUnavailableException {
        return store.open().calls();
    }

    private Optional<Approval> pending(String id) {
        try {
            return approvals().findInMemory(id).filter(approval -> !approval.isDecided());
        } catch (ApprovalsUnavailableException x) {
            return Optional.empty(); // nothing is decided then either
        }
    }

    /**
     * Returns the history of decisions, with all decisions so far.
     *
     * @throws ApprovalsUnavailableException if the approvals cannot be opened now
     * @throws IOException if decisions could not be written to it
     */
    public History history() throws IOException {
        return approvals().history();
    }

    /** Returns why the approvals are not open, for administrators; empty if they are, or if nobody needed them yet. */
    public Optional<String> problem() {
        return store.problem();
    }

    /** Returns why the last change of an approval could not be written, for administrators; empty if it was. */
    public Optional<String> writeProblem() {
        return store.approvals().flatMap(Approvals::problem);
    }

    /** Runs work that needs the approvals: at once if they are open, else on the executor once they are. */
    public void whenOpen(Runnable work) {
        store.whenOpen(open -> work.run());
    }

    void whenOpen(Consumer<OpenStore.Open> work) {
        store.whenOpen(work);
    }

    /** Returns the environments of the builds. */
    public Deployments deployments() {
        return deployments;
    }

    /** Returns the state in memory of running builds. */
    public RunningBuilds runningBuilds() {
        return runningBuilds;
    }

    /** Returns what repeats the ends of builds that cannot be written. */
    UntilWritten endings() {
        return endings;
    }

    /**
     * Returns the approvals of a build, in the order in which they started.
     *
     * @throws IOException if they cannot be read
     */
    public List<Approval> approvalsOf(Run<?, ?> run) throws IOException {
        return deployments.of(run).approvals();
    }

    /**
     * Takes up the approvals of a build that goes on after a restart of Jenkins.
     *
     * @throws IOException if they cannot be read
     */
    public void takeUp(Run<?, ?> run) throws IOException {
        approvals().takeUp(BuildRecord.refTo(run));
    }

    /** Takes note that a build is over. */
    void ended() {
        store.approvals().ifPresent(Approvals::ended);
    }

    private Approvals.Builds builds() {
        return new Approvals.Builds() {
            @Override
            public BuildState of(BuildRef build) throws IOException {
                try (ACLContext ignored = ACL.as2(ACL.SYSTEM2)) {
                    Run<?, ?> run = BuildRecord.find(build);
                    if (run == null) {
                        throw new IOException(build + " is not there");
                    }
                    return deployments.of(run);
                }
            }

            @Override
            public boolean isThere(BuildRef build) {
                try (ACLContext ignored = ACL.as2(ACL.SYSTEM2)) {
                    return BuildRecord.find(build) != null;
                }
            }

            @Override
            public boolean isOver(BuildRef build) {
                return BuildRecord.isOver(build);
            }
        };
    }

    /**
     * Returns the endpoint of callbacks.
     *
     * @throws ApprovalsUnavailableException if the approvals cannot be opened now
     */
    public synchronized CallbackEndpoint endpoint() throws ApprovalsUnavailableException {
        if (endpoint == null) {
            endpoint = new CallbackEndpoint(approvals(), tokens, callers(), this::isGoingDown, Clock.systemUTC());
        }
        return endpoint;
    }

    /** Those whose tokens say whose they are come first; the Secret texts last, since they may wait for a vault. */
    private CallerIdentification callers() {
        var tokenVerifiers = new ArrayList<TokenVerifier>(List.of(TokenVerifier.ofApprovals(tokens)));
        tokenVerifiers.addAll(ExtensionList.lookup(ListedCallers.class));
        tokenVerifiers.add(Settings.get().secretTexts());
        return new CallerIdentification(tokenVerifiers, ExtensionList.lookup(RequestVerifier.class));
    }

    public CallbackTokens tokens() {
        return tokens;
    }

    /**
     * Returns the executor of the work of builds that must not run on a thread of the Pipeline engine. It may wait for
     * a disk, an agent, a vault of credentials or a security realm.
     */
    public ExecutorService buildExecutor() {
        return buildExecutor;
    }

    /**
     * Returns the executor of work of no build that must not run on a thread of the Pipeline engine, such as file I/O.
     */
    public ExecutorService executor() {
        return executor;
    }

    /** Ends all writing, so that another controller may write. The next start takes up what comes meanwhile. */
    void close() {
        closing = true; // before Jenkins says that it terminates
        store.close();
        events.awaitTold();
    }
}
