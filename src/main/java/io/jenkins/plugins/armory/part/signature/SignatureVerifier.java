package io.jenkins.plugins.armory.part.signature;

import io.jenkins.plugins.armory.approval.Approval;
import io.jenkins.plugins.armory.callback.token.CallerSecrets;
import io.jenkins.plugins.armory.callback.token.CallerSecrets.CallerSecret;
import io.jenkins.plugins.armory.callback.token.Verification;
import java.io.IOException;
import java.security.SecureRandom;
import java.time.Clock;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import org.kohsuke.accmod.Restricted;
import org.kohsuke.accmod.restrictions.NoExternalUse;

/**
 * Verifies signatures of requests. A request with a wrong signature takes as long as one for an approval that does not
 * exist: at least {@value #LEAST_MACS} MACs are computed in each case, with a random key if there are fewer secrets,
 * and all secrets are tried.
 */
@Restricted(NoExternalUse.class)
final class SignatureVerifier {

    /** The MACs of the step's credential and of the one of the settings, each with two secrets while it is rotated. */
    static final int LEAST_MACS = 4;

    private static final SecureRandom RANDOM = new SecureRandom();

    private final Secrets secrets;
    private final Clock clock;
    private final byte[] randomKey = new byte[32];

    /** Looks up the Secret texts that may sign for an approval, see {@link CallerSecrets#of}. */
    @FunctionalInterface
    interface Secrets {
        List<CallerSecret> of(Optional<Approval> approval) throws IOException;
    }

    SignatureVerifier(Secrets secrets, Clock clock) {
        this.secrets = secrets;
        this.clock = clock;
        RANDOM.nextBytes(randomKey);
    }

    /**
     * Verifies a request. The result is never unknown, and undecided if the secrets cannot be looked up now.
     *
     * @param body the bytes of the body as they arrived
     * @param approval the approval that the request names, empty for an unknown one
     */
    Verification verify(Function<String, List<String>> headers, byte[] body, Optional<Approval> approval) {
        SignedMessage message;
        try {
            message = SignedMessage.of(headers);
        } catch (SignedMessage.MalformedException x) {
            return Verification.invalid(x.getMessage());
        }
        return verify(message, body, approval);
    }

    private Verification verify(SignedMessage message, byte[] body, Optional<Approval> approval) {
        List<CallerSecret> known;
        try {
            known = secrets.of(approval);
        } catch (IOException x) {
            return new Verification.Undecided(x.getMessage(), CallerSecrets.NOT_NOW);
        } catch (IllegalArgumentException x) {
            return Verification.invalid(x.getMessage());
        }
        int macs = 0;
        CallerSecret signer = null;
        String fault = "no Secret text may sign for this approval: name one in callbackCredentialsId";
        for (CallerSecret secret : known) {
            try {
                for (byte[] key : SigningSecrets.of(secret.text()).keys()) {
                    macs++;
                    if (message.isSignedWith(key, body)) {
                        signer = signer == null ? secret : signer;
                    }
                }
                fault = "the signature is of another secret, or of another body";
            } catch (IllegalArgumentException x) {
                fault = secret.fault(x);
            }
        }
        for (; macs < LEAST_MACS; macs++) {
            message.isSignedWith(randomKey, body);
        }
        if (signer == null) {
            return Verification.invalid(fault);
        }
        String invalid = message.fault(clock.instant());
        return invalid == null ? Verification.of(signer.caller()) : Verification.invalid(invalid);
    }
}
