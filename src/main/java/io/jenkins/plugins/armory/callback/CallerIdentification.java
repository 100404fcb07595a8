package io.jenkins.plugins.armory.callback;

import io.jenkins.plugins.armory.approval.Approval;
import io.jenkins.plugins.armory.callback.token.Caller;
import io.jenkins.plugins.armory.callback.token.TokenVerifier;
import io.jenkins.plugins.armory.callback.token.Verification;
import java.util.List;
import java.util.Optional;
import org.kohsuke.accmod.Restricted;
import org.kohsuke.accmod.restrictions.NoExternalUse;

/** Finds out who sent a request: by its Bearer token or, in a request without one, by its signature. */
@Restricted(NoExternalUse.class)
public final class CallerIdentification {

    private static final String TOKEN_NOT_VALID = "The token is not valid here: use the approval's own"
            + " ({{armory.callbackToken}}), the one that its callbackCredentialsId names, or one that POST oauth/token has"
            + " just given you; such a token expires. The data of the approval in Jenkins says what is wrong with this one.";
    private static final String UNKNOWN_TOKEN =
            "unknown token: neither the approval's own, nor one of a listed client or issuer, nor a Secret text";

    private final List<TokenVerifier> tokens;
    private final List<RequestVerifier> requests;
    private final UnknownCallers signers = new UnknownCallers();

    /**
     * @param tokens one for each kind of token, in the order in which they are asked
     * @param requests one for each other way to be known
     */
    public CallerIdentification(List<TokenVerifier> tokens, List<RequestVerifier> requests) {
        this.tokens = List.copyOf(tokens);
        this.requests = List.copyOf(requests);
    }

    /**
     * A caller who is known, with the request.
     *
     * @param request as it came, or with the body that was read to verify it
     */
    record Identified(Caller caller, CallbackRequest request) {}

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
     * @param kind a rehearsal needs a token: its signed body would be good for a callback
     * @param approval the approval that the request names, empty for an unknown one
     * @throws RefusedRequestException if the request is signed, and its body cannot be read
     */
    Identified identify(CallbackRequest request, CallbackEndpoint.Kind kind, Optional<Approval> approval)
            throws FailedException, RefusedRequestException {
        String token;
        try {
            token = BearerToken.of(request);
        } catch (FailedException x) {
            Optional<RequestVerifier> verifier = kind == CallbackEndpoint.Kind.REHEARSAL
                    ? Optional.empty()
                    : requests.stream()
                            .filter(each -> each.isFor(request.headers()))
                            .findFirst();
            if (verifier.isEmpty()) {
                throw x;
            }
            return identifySigner(verifier.get(), request, approval);
        }
        return new Identified(caller(verify(token, approval), TOKEN_NOT_VALID), request);
    }

    /**
     * Returns the first genuine result. Without one, returns the first that is undecided, or else the first reason why
     * the token is invalid.
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

    private Identified identifySigner(RequestVerifier verifier, CallbackRequest request, Optional<Approval> approval)
            throws FailedException, RefusedRequestException {
        if (!signers.admit(request.body())) {
            throw new FailedException(
                    "Too many signed requests are being read at once; send this one again later.",
                    "too many signed requests were being read at once",
                    true);
        }
        try {
            return verify(verifier, request, approval);
        } finally {
            signers.leave(request.body());
        }
    }

    /** Verifies the bytes of the body before anything is parsed. */
    private static Identified verify(RequestVerifier verifier, CallbackRequest request, Optional<Approval> approval)
            throws FailedException, RefusedRequestException {
        byte[] body = request.body().readBytes();
        Verification verification = verifier.verify(request.headers(), body, approval);
        return new Identified(caller(verification, verifier.notValid()), request.signed(body));
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
}
