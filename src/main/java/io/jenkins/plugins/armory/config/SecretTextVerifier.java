package io.jenkins.plugins.armory.config;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import hudson.model.Run;
import io.jenkins.plugins.armory.approval.Approval;
import io.jenkins.plugins.armory.callback.UnknownCallers;
import io.jenkins.plugins.armory.callback.token.CallbackTokens;
import io.jenkins.plugins.armory.callback.token.Caller;
import io.jenkins.plugins.armory.callback.token.CallerSecrets;
import io.jenkins.plugins.armory.callback.token.ChosenSecrets;
import io.jenkins.plugins.armory.callback.token.Verification;
import io.jenkins.plugins.armory.config.form.SecretTexts;
import io.jenkins.plugins.armory.runtime.BuildRecord;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Semaphore;
import java.util.function.Predicate;
import org.jenkinsci.plugins.plaincredentials.StringCredentials;

/**
 * Accepts the secrets of two Secret text credentials: the one that the approval names, and the one of the settings. A
 * caller sends the secret as its token, or signs with it. The one of the settings is genuine everywhere, but may not
 * decide an approval that names another. Both are looked up for each callback, so a changed secret takes effect at
 * once.
 */
final class SecretTextVerifier implements CallerSecrets {

    private final Semaphore permits = new Semaphore(UnknownCallers.MOST);

    @Override
    public Verification verify(String token, Optional<Approval> approval) {
        if (!permits.tryAcquire()) {
            return new Verification.Undecided(NOT_NOW, NOT_NOW);
        }
        try {
            return lookUp(token, approval);
        } finally {
            permits.release();
        }
    }

    private Verification lookUp(String token, Optional<Approval> approval) {
        Verification verification = Verification.unknown();
        for (SecretTexts.LookUp<Optional<CallerSecret>> each : List.<SecretTexts.LookUp<Optional<CallerSecret>>>of(
                () -> own(approval), this::ofSettings)) { // the second is not waited for if the first is it
            try {
                Optional<CallerSecret> secret = each.get();
                if (secret.isPresent() && matches(token, secret.get())) {
                    return Verification.of(secret.get().caller());
                }
            } catch (IOException x) {
                return new Verification.Undecided(x.getMessage(), NOT_NOW);
            } catch (IllegalArgumentException x) {
                verification = Verification.invalid(x.getMessage());
            }
        }
        return verification;
    }

    @Override
    public List<CallerSecret> of(Optional<Approval> approval) throws IOException {
        var found = new ArrayList<CallerSecret>();
        own(approval).ifPresent(found::add);
        try {
            ofSettings().ifPresent(found::add);
        } catch (IOException | IllegalArgumentException x) {
            if (found.isEmpty()) { // else it could not decide
                throw x;
            }
        }
        return found;
    }

    /** @throws IllegalArgumentException if it is of an environment to which the build is not deploying */
    private Optional<CallerSecret> own(Optional<Approval> approval) throws IOException {
        Approval asked = approval.orElse(null);
        // If the step names none, the present settings decide.
        String id = asked == null || asked.allowedCallers().isEmpty() ? null : asked.callbackCredentialsId();
        if (id == null) {
            return Optional.empty();
        }
        Caller caller = named(id, candidate -> candidate.id().equals(asked.id()));
        return SecretTexts.read(id, () -> secretOf(ofCaller(asked, id), caller));
    }

    private Optional<CallerSecret> ofSettings() throws IOException {
        String id = ArmoryConfiguration.get().getCallbackCredentialsId();
        return id == null
                ? Optional.empty()
                : SecretTexts.read(id, () -> secretOf(SecretTexts.ofJenkins(id), ofSettings(id)));
    }

    private static Optional<CallerSecret> secretOf(@CheckForNull StringCredentials credentials, Caller caller) {
        return Optional.ofNullable(credentials)
                .map(found -> new CallerSecret(found.getSecret().getPlainText(), caller));
    }

    private static Caller ofSettings(String global) {
        boolean ofSystem = SecretTexts.ofRule(global) != null;
        return named(global, candidate -> candidate.allowedCallers().isEmpty() && (ofSystem || !candidate.isRule()));
    }

    private static Caller named(String id, Predicate<Approval> mayDecide) {
        return Caller.of("credentials " + id, mayDecide);
    }

    /**
     * @throws IOException if the build is missing, as while its disk is not mounted: without its job, the id cannot be
     *     looked up
     */
    @CheckForNull
    private static StringCredentials ofCaller(Approval approval, String id) throws IOException {
        Run<?, ?> run = BuildRecord.find(approval.build());
        if (run == null) {
            throw new IOException("the build is not there now, so the Secret text of " + id + " is not known");
        }
        return SecretTexts.ofCaller(id, approval.allowedCallers(), run, approval.isRule());
    }

    private static boolean matches(String token, CallerSecret caller) {
        boolean found = false;
        try {
            if (ChosenSecrets.isTooShort(caller.text())) {
                throw new IllegalArgumentException(ChosenSecrets.FAULT);
            }
            for (String secret : ChosenSecrets.split(caller.text())) { // several while it is rotated
                found |= CallbackTokens.same(secret, token);
            }
        } catch (IllegalArgumentException x) {
            throw new IllegalArgumentException(caller.fault(x), x);
        }
        return found;
    }
}
