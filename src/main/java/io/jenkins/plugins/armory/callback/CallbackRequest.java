package io.jenkins.plugins.armory.callback;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import java.io.InputStream;
import java.util.List;

/**
 * What of an HTTP request matters to a callback.
 *
 * @param method HTTP method
 * @param approvalId the id in the path, not checked in any way
 * @param authorization every {@code Authorization} header
 * @param callbackToken every {@link #ALTERNATIVE_HEADER} header
 * @param remoteAddress where the request comes from, as the connection has it: a header that says otherwise could be
 *     anybody's
 * @param contentType the {@code Content-Type} header
 * @param contentLength as announced, -1 when it was not
 * @param body not read yet; nobody may read more of it than they can bear
 */
public record CallbackRequest(
        String method,
        String approvalId,
        List<String> authorization,
        List<String> callbackToken,
        String remoteAddress,
        @CheckForNull String contentType,
        long contentLength,
        InputStream body) {

    /**
     * Takes the token too, with or without the word {@code Bearer}: proxies and security realms in front of Jenkins may
     * consume {@code Authorization}. Where both headers come, this one counts.
     */
    public static final String ALTERNATIVE_HEADER = "X-Armory-Callback-Token";
}
