package io.jenkins.plugins.armory.config;

import com.cloudbees.plugins.credentials.CredentialsProvider;
import edu.umd.cs.findbugs.annotations.CheckForNull;
import hudson.model.Job;
import hudson.model.Run;
import hudson.security.ACL;
import hudson.security.ACLContext;
import io.jenkins.plugins.armory.approval.Approval;
import io.jenkins.plugins.armory.approval.BuildRef;
import io.jenkins.plugins.armory.callback.Caller;
import io.jenkins.plugins.armory.callback.TokenVerifier;
import io.jenkins.plugins.armory.callback.Verification;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.List;
import java.util.Optional;
import jenkins.model.Jenkins;
import org.jenkinsci.plugins.plaincredentials.StringCredentials;

/**
 * Knows the Secret text credentials that may call back: the one of the approval in question, and the one of the settings,
 * which is a genuine token too, if not for an approval that names another. Both are looked up anew for each callback, so
 * a changed secret counts at once.
 */
public final class SecretTextVerifier implements TokenVerifier {

    @Override
    public Verification verify(String token, Optional<Approval> approval) {
        try (ACLContext ignored = ACL.as2(ACL.SYSTEM2)) {
            String id = approval.map(Approval::callbackCredentialsId).orElse(null);
            if (id != null && matches(token, visibleTo(approval.get().build(), id))) {
                return caller(id);
            }
            String global = ArmoryConfiguration.get().getCallbackCredentialsId();
            if (global != null && !global.equals(id) && matches(token, visibleToAll(global))) {
                return caller(global);
            }
            return new Verification.Unknown();
        }
    }

    private static Verification caller(String id) {
        return new Verification.Genuine(
                Caller.of("credentials " + id, approval -> id.equals(approval.callbackCredentialsId())));
    }

    @CheckForNull
    private static StringCredentials visibleTo(BuildRef build, String id) {
        Job<?, ?> job = Jenkins.get().getItemByFullName(build.job(), Job.class);
        Run<?, ?> run = job == null ? null : job.getBuildByNumber(build.number());
        return run == null ? null : SecretTexts.visibleTo(run, id);
    }

    @CheckForNull
    private static StringCredentials visibleToAll(String id) {
        return CredentialsProvider.findCredentialByIdInItemGroup(
                id, StringCredentials.class, Jenkins.get(), ACL.SYSTEM2, List.of());
    }

    private static boolean matches(String token, @CheckForNull StringCredentials credentials) {
        return credentials != null
                && MessageDigest.isEqual(
                        credentials.getSecret().getPlainText().getBytes(StandardCharsets.UTF_8),
                        token.getBytes(StandardCharsets.UTF_8));
    }
}
