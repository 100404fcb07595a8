package io.jenkins.plugins.armory.callback;

import io.jenkins.plugins.armory.approval.Approval;
import io.jenkins.plugins.armory.callback.signed.SignatureVerifier;
import io.jenkins.plugins.armory.callback.signed.SignatureVerifier.Verified;
import io.jenkins.plugins.armory.callback.token.Caller;
import io.jenkins.plugins.armory.callback.token.TokenVerifier;
import io.jenkins.plugins.armory.callback.token.Verification;
import io.jenkins.plugins.armory.signature.UsedMessages;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.kohsuke.accmod.Restricted;
import org.kohsuke.accmod.restrictions.NoExternalUse;

/** Finds out who sent a request: by its Bearer token or, in a request without one, by its signature. */
@Restricted(NoExternalUse.class)
public final class CallerIdentification {

    private static final Logger LOGGER = Logger.getLogger(CallerIdentification.class.getName());
    private static final Duration WARNING_INTERVAL = Duration.ofMinutes(1);
    private static final String TOKEN_NOT_VALID = "The token is not valid here: use the approval's own"
            + " ({{armory.callbackToken}}), the one that its callbackCredentialsId names, or one that POST oauth/token has"
            + " just given you; such a token expires. The data of the approval in Jenkins says what is wrong with this one.";
    private static final String UNKNOWN_TOKEN =
            "unknown token: neither the approval's own, nor one of a listed client or issuer, nor a Secret text";
    private static final String SIGNATURE_NOT_VALID =
            "The signature is not valid here: sign the bytes of the body with the Secret"
                    + " text that the approval's callbackCredentialsId names, no more than five minutes ago, and each message for one"
                    + " approval. The data of the approval in Jenkins says what is wrong with this one.";

    private final List<TokenVerifier> tokens;
    private final SignatureVerifier signatures;
    private final UsedMessages messages;
    private final AtomicLong nextWarning = new AtomicLong(System.nanoTime());

    /**
     * @param tokens one for each kind of token, in the order in which they are asked
     * @param messages the signed messages that were used
     */
    public CallerIdentification(List<TokenVerifier> tokens, SignatureVerifier signatures, UsedMessages messages) {
        this.tokens = List.copyOf(tokens);
        this.signatures = signatures;
        this.messages = messages;
    }

    /**
     * A caller who is known, with the request.
     *
     * @param request as it came, or with the body that was read to verify it
     * @param used what is used up with the request, nothing for a token or a signature without an id
     */
    record Identified(Caller caller, CallbackRequest request, List<UsedMessages.Message> used) {}

    /** Thrown for a request whose caller is not known. The message is for the caller, and is the same for every id. */
    static final class FailedException extends Exception {
        private static final long serialVersionUID = 1L;

        private final String reason;
        private final boolean isUndecided;

        private FailedException(String message, String reason, boolean isUndecided) {
            super(message, null, false, false);
            this.reason = reason;
            this.isUndecided = isUndecided;
        }

        /** Returns the exception for a request that is wrong. */
        static FailedException invalid(String message, String reason) {
            return new FailedException(message, reason, false);
        }

        /** Returns the reason for people who may see the approval. */
        String reason() {
            return reason;
        }

        /** Returns whether the request may be right, and cannot be verified or taken now. */
        boolean isUndecided() {
            return isUndecided;
        }
    }

    /**
     * Identifies the caller of a request.
     *
     * @param approval the approval that the request names, empty for an unknown one
     * @throws RefusedRequestException if the request is signed, and its body cannot be read
     */
    Identified identify(CallbackRequest request, Optional<Approval> approval)
            throws FailedException, RefusedRequestException {
        String token;
        try {
            token = BearerToken.of(request);
        } catch (FailedException x) {
            if (request.signatures().areThere()) {
                return identifySigner(request, approval);
            }
            throw x;
        }
        return new Identified(caller(verify(token, approval), TOKEN_NOT_VALID), request, List.of());
    }

    /**
     * Returns the first genuine result. Without one, returns the first that is undecided, or else the first reason why the token is
     * invalid.
     */
    private Verification verify(String token, Optional<Approval> approval) {
        Verification best = Verification.unknown();
        for (TokenVerifier verifier : tokens) {
            Verification verification = verifier.verify(token, approval);
            if (verification instanceof Verification.Genuine) {
                return verification;
            }
            if (best instanceof Verification.Unknown
                    || best instanceof Verification.Invalid && verification instanceof Verification.Undecided) {
                best = verification;
            }
        }
        return best;
    }

    /** Identifies the signer. Verifies the bytes of the body before anything is parsed. */
    private Identified identifySigner(CallbackRequest request, Optional<Approval> approval)
            throws FailedException, RefusedRequestException {
        byte[] body = request.body().readBytes();
        Verified verified = signatures.verify(request.signatures(), body, approval);
        Caller caller = caller(verified.verification(), SIGNATURE_NOT_VALID);
        return new Identified(caller, request.signed(body, verified.used().isEmpty()), verified.used());
    }

    private static Caller caller(Verification verification, String notValid) throws FailedException {
        if (verification instanceof Verification.Genuine genuine) {
            return genuine.caller();
        } else if (verification instanceof Verification.Undecided undecided) {
            throw new FailedException(undecided.message(), undecided.reason(), true);
        }
        throw new FailedException(
                notValid,
                verification instanceof Verification.Invalid invalid ? invalid.reason() : UNKNOWN_TOKEN,
                false);
    }

    /**
     * Records the use of a signed message, so that it cannot be used for another approval or for another kind of
     * request. A repetition of the same request gets the same answer, since the sender may not have received the first
     * one. A progress report counts only once, because an old one must not pass for a heartbeat. Its use is kept in
     * memory alone, because there may be thousands a second.
     *
     * @param kind the kind of request
     * @throws IOException if the use cannot be written
     */
    void use(Identified identified, CallbackEndpoint.Kind kind) throws FailedException, IOException {
        for (UsedMessages.Message message : identified.used()) {
            String address = address(identified, kind);
            require(
                    kind == CallbackEndpoint.Kind.PROGRESS
                            ? messages.useOnce(message, address)
                            : messages.use(message, address),
                    identified.caller());
        }
    }

    /**
     * Writes the use of a message that is in memory alone, after its request was refused. After a restart, the message
     * must not count as one of another kind.
     *
     * @throws IOException if the use cannot be written
     */
    void writeUse(Identified identified, CallbackEndpoint.Kind kind) throws FailedException, IOException {
        for (UsedMessages.Message message : identified.used()) {
            require(messages.use(message, address(identified, kind)), identified.caller());
        }
    }

    private void require(UsedMessages.Answer answer, Caller signer) throws FailedException {
        if (answer == UsedMessages.Answer.USED_BEFORE) {
            throw new FailedException(
                    SIGNATURE_NOT_VALID,
                    "the message was used before, for another approval or another kind of request: a replay, or a"
                            + " webhook-id that is not unique",
                    false);
        }
        if (answer == UsedMessages.Answer.NO_ROOM) {
            String reason = "there is no room for more messages of " + signer.name()
                    + " within ten minutes of so many; find out who sends them. Other secrets have room of their own";
            warn(reason);
            throw new FailedException(
                    "Jenkins has no room for more messages of this secret within ten minutes of so many, so this one was not"
                            + " taken; call back again later.",
                    reason,
                    true);
        }
    }

    /** Logs a reason at most once a minute: who sends too much must not fill the log. */
    private void warn(String reason) {
        long due = nextWarning.get();
        long now = System.nanoTime();
        if (now - due >= 0 && nextWarning.compareAndSet(due, now + WARNING_INTERVAL.toNanos())) {
            LOGGER.log(Level.WARNING, "Signed callbacks get a 503: {0}", reason);
        }
    }

    private static String address(Identified identified, CallbackEndpoint.Kind kind) {
        return kind + " " + identified.request().approvalId();
    }
}
