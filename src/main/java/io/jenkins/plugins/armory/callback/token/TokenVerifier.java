package io.jenkins.plugins.armory.callback.token;

import io.jenkins.plugins.armory.approval.Approval;
import java.util.Optional;
import org.kohsuke.accmod.Restricted;
import org.kohsuke.accmod.restrictions.NoExternalUse;

/** A verifier for one kind of token. The endpoint asks one after another. */
@Restricted(NoExternalUse.class)
public interface TokenVerifier {

    /**
     * Verifies a token. It must not keep an invalid token, and its time must not depend on how much of the token is
     * right.
     *
     * @param token the token of the request
     * @param approval the approval that the token is to decide, or nothing if it does not exist any more
     */
    Verification verify(String token, Optional<Approval> approval);

    /** Returns the verifier of approvals' own tokens, {@code {{armory.callbackToken}}}. */
    static TokenVerifier ofApprovals(CallbackTokens tokens) {
        return (token, approval) -> tokens.approvalOf(token)
                .map(id -> Verification.of(
                        Caller.of("callback token", candidate -> candidate.id().equals(id))))
                .orElseGet(() -> tokens.isLikeToken(token)
                        ? Verification.invalid("bad signature: an approval's own token, but changed or cut short")
                        : Verification.unknown());
    }
}
