package io.jenkins.plugins.armory.callback.signed;

import io.jenkins.plugins.armory.approval.Approval;
import io.jenkins.plugins.armory.callback.signed.CallerSecrets.CallerSecret;
import io.jenkins.plugins.armory.callback.token.Verification;
import io.jenkins.plugins.armory.signature.UsedMessages;
import java.io.IOException;
import java.security.SecureRandom;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.kohsuke.accmod.Restricted;
import org.kohsuke.accmod.restrictions.NoExternalUse;

/**
 * Verifies signatures of requests. A request with a wrong signature takes as long as one for an approval that does not exist: at least
 * {@value #LEAST_MACS} MACs are computed in each case, with a random key if there are fewer secrets, and all secrets are tried.
 */
@Restricted(NoExternalUse.class)
public final class SignatureVerifier {

    /** The MACs of the step's credential and of the one of the settings, each with two secrets while it is rotated. */
    static final int LEAST_MACS = 4;

    /**
     * The result for a request.
     *
     * @param verification never unknown; undecided if the secrets cannot be looked up now
     * @param used what is used up with the request, one for each key that has signed it: while a secret is rotated, a sender may sign
     *     with both. Empty for a signature without an id.
     */
    public record Verified(Verification verification, List<UsedMessages.Message> used) {

        public Verified {
            used = List.copyOf(used);
        }

        static Verified not(Verification verification) {
            return new Verified(verification, List.of());
        }
    }

    private static final SecureRandom RANDOM = new SecureRandom();

    private final CallerSecrets secrets;
    private final Clock clock;
    private final byte[] randomKey = new byte[32];

    public SignatureVerifier(CallerSecrets secrets, Clock clock) {
        this.secrets = secrets;
        this.clock = clock;
        RANDOM.nextBytes(randomKey);
    }

    /**
     * Verifies a request.
     *
     * @param body the bytes of the body as they arrived
     * @param approval the approval that the request names, empty for an unknown one
     */
    public Verified verify(SignatureHeaders headers, byte[] body, Optional<Approval> approval) {
        SignedMessage message;
        try {
            message = SignedMessage.of(headers);
        } catch (SignedMessage.MalformedException x) {
            return Verified.not(Verification.invalid(x.getMessage()));
        }
        return verify(message, body, approval);
    }

    private Verified verify(SignedMessage message, byte[] body, Optional<Approval> approval) {
        List<CallerSecret> known;
        try {
            known = secrets.of(approval);
        } catch (IOException x) {
            return Verified.not(new Verification.Undecided(x.getMessage(), CallerSecrets.NOT_NOW));
        } catch (IllegalArgumentException x) {
            return Verified.not(Verification.invalid(x.getMessage()));
        }
        int macs = 0;
        CallerSecret signer = null;
        var used = new ArrayList<UsedMessages.Message>();
        String fault = "no Secret text may sign for this approval: name one in callbackCredentialsId";
        for (CallerSecret secret : known) {
            try {
                for (byte[] key : message.keys(secret.text())) {
                    macs++;
                    if (message.isSignedWith(key, body)) {
                        signer = signer == null ? secret : signer;
                        message.signedWith(key).ifPresent(used::add);
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
            return Verified.not(Verification.invalid(fault));
        }
        String invalid = message.fault(clock.instant());
        return invalid == null
                ? new Verified(Verification.of(signer.caller()), used)
                : Verified.not(Verification.invalid(invalid));
    }
}
