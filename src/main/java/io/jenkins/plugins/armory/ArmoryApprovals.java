package io.jenkins.plugins.armory;

import hudson.Extension;
import hudson.ExtensionList;
import hudson.model.Run;
import io.jenkins.plugins.armory.approval.Approval;
import io.jenkins.plugins.armory.approval.ApprovalStore;
import io.jenkins.plugins.armory.approval.Approvals;
import io.jenkins.plugins.armory.approval.BuildRef;
import io.jenkins.plugins.armory.callback.CallbackEndpoint;
import io.jenkins.plugins.armory.callback.CallbackTokens;
import io.jenkins.plugins.armory.callback.IssuedTokens;
import io.jenkins.plugins.armory.callback.IssuerDiscovery;
import io.jenkins.plugins.armory.callback.JsonResponse;
import io.jenkins.plugins.armory.callback.OutsideIssuers;
import io.jenkins.plugins.armory.callback.SigningKeys;
import io.jenkins.plugins.armory.callback.TokenEndpoint;
import io.jenkins.plugins.armory.callback.TokenVerifier;
import io.jenkins.plugins.armory.callback.VerifiedTokens;
import io.jenkins.plugins.armory.config.ArmoryConfiguration;
import io.jenkins.plugins.armory.config.JenkinsProxy;
import io.jenkins.plugins.armory.config.SecretTextVerifier;
import io.jenkins.plugins.armory.webhook.WebhookCaller;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import jenkins.model.Jenkins;
import jenkins.security.HMACConfidentialKey;
import jenkins.util.Timer;

/**
 * The approvals of this controller. They are opened when Jenkins has loaded its jobs, or by whoever needs them first.
 */
@Extension
public final class ArmoryApprovals {

    /** A name on disk: with another one, the tokens of all approvals that wait would end. */
    private static final String KEY_FILE = "io.jenkins.plugins.armory.ArmoryApprovals.callback";

    static final HMACConfidentialKey KEY = new HMACConfidentialKey(KEY_FILE);
    /** Threads for file I/O and for telling steps; none stays when there is nothing to do. */
    private static final int THREADS = 8;

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
    private Approvals approvals;
    private CallbackEndpoint endpoint;

    public static ArmoryApprovals get() {
        return ExtensionList.lookupSingleton(ArmoryApprovals.class);
    }

    /**
     * The approvals, opened if they are not.
     *
     * @throws IOException when the folder they are kept in cannot be used
     */
    public synchronized Approvals approvals() throws IOException {
        if (approvals == null) {
            Path folder = Jenkins.get().getRootDir().toPath().resolve("armory-approvals");
            approvals = new Approvals(ApprovalStore.open(folder), Timer.get(), executor, Clock.systemUTC());
        }
        return approvals;
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

    synchronized void close() {
        if (approvals != null) {
            approvals.close();
        }
    }
}
