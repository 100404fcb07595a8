package io.jenkins.plugins.armory.runtime;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import hudson.Extension;
import hudson.ExtensionList;
import hudson.model.Run;
import io.jenkins.plugins.armory.approval.Approval;
import io.jenkins.plugins.armory.storage.ApprovalStore;
import io.jenkins.plugins.armory.approval.Approvals;
import io.jenkins.plugins.armory.approval.BuildRef;
import io.jenkins.plugins.armory.storage.StoreInUseException;
import io.jenkins.plugins.armory.storage.StoreLock;
import io.jenkins.plugins.armory.storage.UnknownFormatException;
import io.jenkins.plugins.armory.callback.CallbackEndpoint;
import io.jenkins.plugins.armory.callback.token.CallbackTokens;
import io.jenkins.plugins.armory.callback.oauth.IssuedTokens;
import io.jenkins.plugins.armory.callback.oidc.IssuerDiscovery;
import io.jenkins.plugins.armory.callback.JsonResponse;
import io.jenkins.plugins.armory.callback.oidc.OutsideIssuers;
import io.jenkins.plugins.armory.callback.oauth.SigningKeys;
import io.jenkins.plugins.armory.callback.oauth.TokenEndpoint;
import io.jenkins.plugins.armory.callback.token.TokenVerifier;
import io.jenkins.plugins.armory.callback.token.VerifiedTokens;
import io.jenkins.plugins.armory.config.ArmoryConfiguration;
import io.jenkins.plugins.armory.config.SecretTextVerifier;
import io.jenkins.plugins.armory.http.WebhookCaller;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.logging.Level;
import java.util.logging.Logger;
import jenkins.model.Jenkins;
import jenkins.security.HMACConfidentialKey;
import jenkins.util.Timer;

/**
 * The approvals of this controller. They are opened when Jenkins has loaded its jobs, or by whoever needs them first. What keeps
 * them from being opened is logged once; then opening them is tried again every few seconds.
 */
@Extension
public final class ArmoryApprovals {

    private static final Logger LOGGER = Logger.getLogger(ArmoryApprovals.class.getName());
    /** A name on disk: with another one, the tokens of all approvals that wait would end. */
    private static final String KEY_FILE = "io.jenkins.plugins.armory.runtime.ArmoryApprovals.callback";

    static final HMACConfidentialKey KEY = new HMACConfidentialKey(KEY_FILE);
    /** Threads for file I/O and for telling steps; none stays when there is nothing to do. */
    private static final int THREADS = 8;
    /** Until opening them is tried again. */
    private static final int RETRY_SECONDS = 5;

    private final CallbackTokens tokens = new CallbackTokens(KEY::mac);
    private final SigningKeys signingKeys = new SigningKeys(new SigningKeyStore());
    private final VerifiedTokens verifiedTokens = new VerifiedTokens();
    private final IssuedTokens issuedTokens = new IssuedTokens(
            signingKeys,
            () -> ArmoryConfiguration.get().clients(),
            () -> ArmoryConfiguration.get().rootActionUrl(),
            KEY::mac,
            verifiedTokens,
            Clock.systemUTC());
    private final TokenEndpoint tokenEndpoint = new TokenEndpoint(
            issuedTokens,
            () -> ArmoryConfiguration.get().clients(),
            () -> Duration.ofSeconds(ArmoryConfiguration.get().getTokenLifetimeSeconds()),
            () -> Jenkins.get().isTerminating());
    private final OutsideIssuers outsideIssuers = new OutsideIssuers(
            () -> ArmoryConfiguration.get().outsideIssuers(),
            new IssuerDiscovery(JenkinsProxy.client()),
            verifiedTokens,
            Clock.systemUTC());
    private final WebhookCaller caller = new WebhookCaller();
    private final ExecutorService executor = newExecutor();

    // What follows is guarded by this.

    private StoreLock lock;
    private Approvals approvals;
    private CallbackEndpoint endpoint;
    /** What to do once the approvals are open. */
    private final List<Runnable> waiting = new ArrayList<>();

    /** Why the approvals are not open, {@code null} while nobody has tried, and while they are. */
    @CheckForNull
    private Problem problem;

    /**
     * Why the approvals are not open.
     *
     * @param details for administrators
     * @param message for everybody
     */
    private record Problem(String details, String message) {

        static Problem of(Path folder, Exception x) {
            if (x instanceof StoreInUseException) {
                return new Problem(
                        x.getMessage(),
                        "Another Jenkins has the approvals of this JENKINS_HOME; this one takes over when that has ended.");
            } else if (x instanceof UnknownFormatException) {
                return new Problem(
                        x.getMessage(),
                        "The approvals of Jenkins were written by another version of the plugin. Its log says what to do.");
            }
            return new Problem(
                    "The folder " + folder + " cannot be used: " + x,
                    "The approvals of Jenkins cannot be opened. Its log says why.");
        }
    }

    public static ArmoryApprovals get() {
        return ExtensionList.lookupSingleton(ArmoryApprovals.class);
    }

    /**
     * The approvals, opened if nobody has tried to.
     *
     * @throws ApprovalsUnavailableException when they cannot be opened now
     */
    public synchronized Approvals approvals() throws ApprovalsUnavailableException {
        if (approvals == null && problem == null) {
            open();
        }
        if (approvals == null) {
            throw new ApprovalsUnavailableException(
                    Objects.requireNonNull(problem, "approvals that are not open have a problem").message());
        }
        return approvals;
    }

    /** Why the approvals are not open, for administrators; empty while they are, and until somebody needs them. */
    public synchronized Optional<String> problem() {
        return Optional.ofNullable(problem).map(Problem::details);
    }

    /** Does something that needs the approvals: at once where they are open, else on the executor when they are. */
    public void whenOpen(Runnable work) {
        synchronized (this) {
            if (approvals == null && problem == null) {
                open();
            }
            if (approvals == null) {
                waiting.add(work);
                return;
            }
        }
        work.run();
    }

    private void open() {
        Path folder = Jenkins.get().getRootDir().toPath().resolve("armory-approvals");
        try {
            StoreLock taken = StoreLock.take(folder);
            try {
                approvals = new Approvals(ApprovalStore.open(folder), Timer.get(), executor, Clock.systemUTC());
                lock = taken;
            } finally {
                if (lock == null) {
                    taken.close();
                }
            }
        } catch (IOException | RuntimeException x) {
            failed(Problem.of(folder, x), x);
            return;
        }
        if (problem != null) {
            problem = null;
            LOGGER.log(Level.INFO, "The webhook approvals are open now");
        }
        waiting.forEach(executor::execute);
        waiting.clear();
    }

    private void failed(Problem found, Exception x) {
        if (!found.equals(problem)) {
            problem = found;
            LOGGER.log(
                    Level.SEVERE,
                    "The webhook approvals cannot be opened, which is tried again every " + RETRY_SECONDS
                            + " seconds; builds that wait go on then. " + found.details(),
                    x instanceof StoreInUseException || x instanceof UnknownFormatException ? null : x);
        }
        try {
            Timer.get().schedule(() -> executor.execute(this::tryAgain), RETRY_SECONDS, TimeUnit.SECONDS);
        } catch (RejectedExecutionException y) {
            LOGGER.log(Level.FINE, "Jenkins is going down", y);
        }
    }

    private synchronized void tryAgain() {
        if (!Jenkins.get().isTerminating()) {
            open();
        }
    }

    /**
     * The approvals of a build, in the order of their beginning.
     *
     * @throws IOException when they cannot be read
     */
    public List<Approval> approvalsOf(Run<?, ?> run) throws IOException {
        BuildRef build = BuildRecord.refTo(run);
        List<Approval> found = new ArrayList<>();
        for (String id : BuildRecord.idsOf(run)) {
            approvals().find(id).filter(approval -> approval.build().equals(build)).ifPresent(found::add);
        }
        return found;
    }

    /**
     * The path of the page of a build, at one of its approvals.
     *
     * @return from the Jenkins URL, with a slash at its beginning
     */
    public static String pageOf(Run<?, ?> run, String approvalId) {
        return "/" + run.getUrl() + "armory/#approval-" + approvalId;
    }

    /** What answers callbacks; see {@link #approvals} for the exception. */
    public synchronized CallbackEndpoint endpoint() throws IOException {
        if (endpoint == null) {
            endpoint = new CallbackEndpoint(
                    approvals(),
                    tokens,
                    List.of(TokenVerifier.ofApprovals(tokens), new SecretTextVerifier(), issuedTokens, outsideIssuers),
                    () -> Jenkins.get().isTerminating(),
                    Clock.systemUTC());
        }
        return endpoint;
    }

    /** What issues tokens to clients. */
    public TokenEndpoint tokenEndpoint() {
        return tokenEndpoint;
    }

    /** The public halves of the keys that tokens are signed with, as a JWK set. */
    public JsonResponse publicKeys() throws IOException {
        return signingKeys.published(Clock.systemUTC().instant());
    }

    public CallbackTokens tokens() {
        return tokens;
    }

    public WebhookCaller caller() {
        return caller;
    }

    /** Runs what must not run on a thread of the Pipeline engine or of the HTTP side, such as file I/O. */
    public ExecutorService executor() {
        return executor;
    }

    private static ExecutorService newExecutor() {
        ThreadPoolExecutor executor = new ThreadPoolExecutor(
                THREADS, THREADS, 10, TimeUnit.SECONDS, new LinkedBlockingQueue<>(), work -> {
                    Thread thread = new Thread(work, "Armory approvals");
                    thread.setDaemon(true);
                    return thread;
                });
        executor.allowCoreThreadTimeOut(true);
        return executor;
    }

    /** Changes nothing any more, so that another controller may. What comes meanwhile is for the next start. */
    synchronized void close() {
        if (approvals != null) {
            approvals.close();
            lock.close();
        }
    }
}
