package io.jenkins.plugins.armory.callback;

import java.util.List;
import java.util.function.Function;
import org.kohsuke.accmod.Restricted;
import org.kohsuke.accmod.restrictions.NoExternalUse;

/**
 * The parts of an HTTP request that a callback is made of.
 *
 * @param method the HTTP method
 * @param approvalId the id in the path, not checked in any way
 * @param headers returns every value of a header
 * @param remoteAddress the address of the connection, never one of a header, which anybody can invent
 * @param body the body, not read yet
 */
@Restricted(NoExternalUse.class)
public record CallbackRequest(
        String method,
        String approvalId,
        Function<String, List<String>> headers,
        String remoteAddress,
        RequestBody body) {

    /**
     * The name of a header for the token, with or without the word {@code Bearer}. It exists because proxies and
     * security realms in front of Jenkins may consume {@code Authorization}. It takes precedence over that header.
     */
    public static final String ALTERNATIVE_HEADER = "X-Armory-Callback-Token";

    /** Returns the request with a signed body that was read from it. */
    CallbackRequest signed(byte[] content) {
        return new CallbackRequest(method, approvalId, headers, remoteAddress, body.signed(content, approvalId));
    }
}
