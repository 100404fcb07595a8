package io.jenkins.plugins.armory.callback.oauth;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import io.jenkins.plugins.armory.callback.CallbackRequest;
import java.io.InputStream;
import java.util.List;

/**
 * What of an HTTP request matters to the token endpoint.
 *
 * @param method HTTP method
 * @param query of the address, {@code null} when it has none
 * @param authorization every {@code Authorization} header
 * @param remoteAddress as in {@link CallbackRequest}
 * @param contentType the {@code Content-Type} header
 * @param contentLength as announced, -1 when it was not
 * @param body not read yet
 */
public record TokenRequest(
        String method,
        @CheckForNull String query,
        List<String> authorization,
        String remoteAddress,
        @CheckForNull String contentType,
        long contentLength,
        InputStream body) {}
