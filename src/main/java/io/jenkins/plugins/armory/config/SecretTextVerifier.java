package io.jenkins.plugins.armory.config;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import hudson.model.Run;
import hudson.security.ACL;
import hudson.security.ACLContext;
import io.jenkins.plugins.armory.approval.Approval;
import io.jenkins.plugins.armory.callback.signed.CallerSecrets;
import io.jenkins.plugins.armory.callback.token.AllowedCallers;
import io.jenkins.plugins.armory.callback.token.CallbackTokens;
import io.jenkins.plugins.armory.callback.token.Caller;
import io.jenkins.plugins.armory.callback.token.TokenVerifier;
import io.jenkins.plugins.armory.callback.token.Verification;
import io.jenkins.plugins.armory.runtime.BuildRecord;
import io.jenkins.plugins.armory.signature.SigningSecrets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import org.jenkinsci.plugins.plaincredentials.StringCredentials;

/**
 * Accepts the secrets of two Secret text credentials: the one that the approval names, and the one of the settings. A caller sends the
 * secret as its token, or signs with it. The one of the settings is genuine everywhere, but may not decide an approval that names
 * another. Both are looked up for each callback, so a changed secret takes effect at once.
 */
final class SecretTextVerifier implements TokenVerifier, CallerSecrets {

    @Override
    public Verification verify(String token, Optional<Approval> approval) {
        try (ACLContext ignored = ACL.as2(ACL.SYSTEM2)) {
            Approval asked = approval.orElse(null);
            String id = asked == null ? null : asked.callbackCredentialsId();
            if (id != null && matches(token, ofCaller(asked, id))) {
                return Verification.of(named(id, candidate -> candidate.id().equals(asked.id())));
            }
            String global = ArmoryConfiguration.get().getCallbackCredentialsId();
            if (global != null && matches(token, SecretTexts.ofJenkins(global))) {
                return Verification.of(ofSettings(global));
            }
            return new Verification.Unknown();
        }
    }

    @Override
    public List<CallerSecret> of(Optional<Approval> approval) {
        try (ACLContext ignored = ACL.as2(ACL.SYSTEM2)) {
            var found = new ArrayList<CallerSecret>();
            Approval asked = approval.orElse(null);
            String id = asked == null ? null : asked.callbackCredentialsId();
            if (id != null) {
                add(
                        found,
                        ofCaller(asked, id),
                        named(id, candidate -> candidate.id().equals(asked.id())));
            }
            String global = ArmoryConfiguration.get().getCallbackCredentialsId();
            if (global != null) {
                add(found, SecretTexts.ofJenkins(global), ofSettings(global));
            }
            return found;
        }
    }

    private static void add(List<CallerSecret> found, @CheckForNull StringCredentials credentials, Caller caller) {
        if (credentials != null) {
            found.add(new CallerSecret(credentials.getSecret().getPlainText(), caller));
        }
    }

    private static Caller ofSettings(String global) {
        return named(global, candidate -> namesNone(candidate) && global.equals(candidate.callbackCredentialsId()));
    }

    private static Caller named(String id, Predicate<Approval> mayDecide) {
        return Caller.of("credentials " + id, mayDecide);
    }

    /** Returns whether the approval has the credential of the settings, because its step names none. */
    private static boolean namesNone(Approval approval) {
        String id = approval.callbackCredentialsId();
        return id != null && !AllowedCallers.nameCredential(approval.allowedCallers(), id);
    }

    @CheckForNull
    private static StringCredentials ofCaller(Approval approval, String id) {
        Run<?, ?> run = BuildRecord.find(approval.build());
        return run == null ? null : SecretTexts.ofCaller(id, approval.allowedCallers(), run);
    }

    private static boolean matches(String token, @CheckForNull StringCredentials credentials) {
        if (credentials == null) {
            return false;
        }
        boolean found = false;
        for (String secret :
                SigningSecrets.split(credentials.getSecret().getPlainText())) { // several while it is rotated
            found |= CallbackTokens.same(secret, token);
        }
        return found;
    }
}
