package io.jenkins.plugins.armory.callback;

import io.jenkins.plugins.armory.approval.Approval;
import java.util.Optional;

/** Knows one kind of token. The endpoint asks one after another. */
public interface TokenVerifier {

    /**
     * Tells whose token this is. Keeps nothing, and takes no time that tells how much of the token is right.
     *
     * @param token what the request brought
     * @param approval what it is to decide; empty when there is no such approval (any more)
     * @return empty when this is not a token of that kind, or not a genuine one
     */
    Optional<Caller> verify(String token, Optional<Approval> approval);

    /** Knows the tokens that are minted for one approval, {@code {{armory.callbackToken}}}. */
    static TokenVerifier ofApprovals(CallbackTokens tokens) {
        return (token, approval) -> tokens.approvalOf(token)
                .map(id -> new Caller("callback token", candidate -> candidate.id().equals(id)));
    }
}
