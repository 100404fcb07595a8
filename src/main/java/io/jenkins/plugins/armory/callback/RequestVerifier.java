package io.jenkins.plugins.armory.callback;

import io.jenkins.plugins.armory.approval.Approval;
import io.jenkins.plugins.armory.callback.token.Verification;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import org.kohsuke.accmod.Restricted;
import org.kohsuke.accmod.restrictions.NoExternalUse;

/**
 * A verifier of requests that have no token: by their headers and the bytes of their body. A part implements it as an
 * {@code @Extension}.
 */
@Restricted(NoExternalUse.class)
public interface RequestVerifier {

    /** Returns whether a request without a token is one for this verifier. */
    boolean isFor(Function<String, List<String>> headers);

    /**
     * Verifies a request. The result is never unknown, and undecided if that cannot be done now.
     *
     * @param body the bytes of the body as they arrived
     * @param approval the approval that the request names, empty for an unknown one
     */
    Verification verify(Function<String, List<String>> headers, byte[] body, Optional<Approval> approval);

    /** Returns what the caller of a request is told that is not valid, with what to do. */
    String notValid();
}
