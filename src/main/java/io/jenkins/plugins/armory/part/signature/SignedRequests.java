package io.jenkins.plugins.armory.part.signature;

import hudson.Extension;
import io.jenkins.plugins.armory.approval.Approval;
import io.jenkins.plugins.armory.call.Settings;
import io.jenkins.plugins.armory.callback.RequestVerifier;
import io.jenkins.plugins.armory.callback.token.Verification;
import io.jenkins.plugins.armory.webhook.RequestSigner;
import java.time.Clock;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import org.kohsuke.accmod.Restricted;
import org.kohsuke.accmod.restrictions.NoExternalUse;

/** Standard Webhooks in both directions: requests that callers sign, and webhooks with {@code signWith}. */
@Extension
@Restricted(NoExternalUse.class)
public final class SignedRequests implements RequestVerifier, RequestSigner {

    private static final String NOT_VALID =
            "The signature is not valid here: sign the bytes of the body with the Secret text that the"
                    + " approval's callbackCredentialsId names, no more than five minutes ago. The data of the approval in Jenkins says what is"
                    + " wrong with this one.";

    private final SignatureVerifier verifier;

    public SignedRequests() {
        this(new SignatureVerifier(approval -> Settings.get().secretTexts().of(approval), Clock.systemUTC()));
    }

    SignedRequests(SignatureVerifier verifier) {
        this.verifier = verifier;
    }

    @Override
    public boolean isFor(Function<String, List<String>> headers) {
        return !headers.apply(StandardWebhooks.SIGNATURE).isEmpty();
    }

    @Override
    public Verification verify(Function<String, List<String>> headers, byte[] body, Optional<Approval> approval) {
        return verifier.verify(headers, body, approval);
    }

    @Override
    public String notValid() {
        return NOT_VALID;
    }

    @Override
    public Signing with(String secret) {
        return StandardWebhooks.signing(SigningSecrets.of(secret));
    }
}
