package io.jenkins.plugins.armory.callback.token;

import io.jenkins.plugins.armory.approval.Approval;
import java.util.Optional;

/** Knows one kind of token. The endpoint asks one after another. */
public interface TokenVerifier {

    /**
     * Tells whose token this is. Keeps nothing, and takes no time that tells how much of the token is right.
     *
     * @param token what the request brought
     * @param approval what it is to decide; empty when there is no such approval (any more)
     */
    Verification verify(String token, Optional<Approval> approval);

    /** Knows the tokens that are minted for one approval, {@code {{armory.callbackToken}}}. */
    static TokenVerifier ofApprovals(CallbackTokens tokens) {
        return (token, approval) -> tokens.approvalOf(token)
                .map(id -> Verification.of(
                        Caller.of("callback token", candidate -> candidate.id().equals(id))))
                .orElseGet(() -> tokens.isLikeToken(token)
                        ? Verification.rejected("bad signature: an approval's own token, but changed or cut short")
                        : Verification.unknown());
    }
}
