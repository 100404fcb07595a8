package io.jenkins.plugins.armory.config;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import hudson.model.Job;
import hudson.model.Run;
import hudson.security.ACL;
import hudson.security.ACLContext;
import io.jenkins.plugins.armory.approval.Approval;
import io.jenkins.plugins.armory.approval.BuildRef;
import io.jenkins.plugins.armory.callback.token.AllowedCallers;
import io.jenkins.plugins.armory.callback.token.Caller;
import io.jenkins.plugins.armory.callback.token.TokenVerifier;
import io.jenkins.plugins.armory.callback.token.Verification;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.Optional;
import java.util.function.Predicate;
import jenkins.model.Jenkins;
import org.jenkinsci.plugins.plaincredentials.StringCredentials;

/**
 * Accepts the secrets of two Secret text credentials: the one that the approval names, and the one of the settings. The one of
 * the settings is genuine everywhere, but may not decide an approval that names another. Both are looked up for each callback,
 * so a changed secret takes effect at once.
 */
final class SecretTextVerifier implements TokenVerifier {

    @Override
    public Verification verify(String token, Optional<Approval> approval) {
        try (ACLContext ignored = ACL.as2(ACL.SYSTEM2)) {
            Approval asked = approval.orElse(null);
            String id = asked == null ? null : asked.callbackCredentialsId();
            if (id != null && matches(token, ofCaller(asked, id))) {
                return caller(id, candidate -> candidate.id().equals(asked.id()));
            }
            String global = ArmoryConfiguration.get().getCallbackCredentialsId();
            if (global != null && matches(token, SecretTexts.ofJenkins(global))) {
                return caller(
                        global, candidate -> namesNone(candidate) && global.equals(candidate.callbackCredentialsId()));
            }
            return new Verification.Unknown();
        }
    }

    private static Verification caller(String id, Predicate<Approval> mayDecide) {
        return new Verification.Genuine(Caller.of("credentials " + id, mayDecide));
    }

    /** Returns whether the approval has the credential of the settings, because its step names none. */
    private static boolean namesNone(Approval approval) {
        String id = approval.callbackCredentialsId();
        return id != null && !AllowedCallers.nameCredential(approval.allowedCallers(), id);
    }

    @CheckForNull
    private static StringCredentials ofCaller(Approval approval, String id) {
        BuildRef build = approval.build();
        Job<?, ?> job = Jenkins.get().getItemByFullName(build.job(), Job.class);
        Run<?, ?> run = job == null ? null : job.getBuildByNumber(build.number());
        return run == null ? null : SecretTexts.ofCaller(id, approval.allowedCallers(), run);
    }

    private static boolean matches(String token, @CheckForNull StringCredentials credentials) {
        return credentials != null
                && MessageDigest.isEqual(
                        credentials.getSecret().getPlainText().getBytes(StandardCharsets.UTF_8),
                        token.getBytes(StandardCharsets.UTF_8));
    }
}
