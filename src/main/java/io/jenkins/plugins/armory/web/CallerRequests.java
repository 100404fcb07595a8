package io.jenkins.plugins.armory.web;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import io.jenkins.plugins.armory.callback.CallbackRequest;
import io.jenkins.plugins.armory.callback.RequestBody;
import io.jenkins.plugins.armory.callback.signed.SignatureHeaders;
import io.jenkins.plugins.armory.runtime.ArmoryRuntime;
import io.jenkins.plugins.armory.signature.StandardWebhooks;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.Collections;
import java.util.List;

/** Answers the requests of callers: callbacks, progress reports, rehearsals and requests for tokens. */
final class CallerRequests {

    private CallerRequests() {}

    /**
     * Answers a request if its path is for callers, and returns whether it did.
     *
     * @param path the path below the root action
     */
    static boolean answer(ArmoryRuntime armory, HttpServletRequest request, HttpServletResponse response, String path)
            throws IOException {
        // Callbacks first: they are the most frequent, and each further match of the path takes time.
        String id = ApprovalPath.idIn(path);
        String progress = id == null ? ApprovalPath.idOfProgress(path) : null;
        String rehearsal = id == null ? ApprovalPath.idOfRehearsal(path) : null;
        if (id != null) {
            JsonWriter.answer(response, () -> armory.endpoint().handle(callback(request, id)));
        } else if (progress != null) {
            JsonWriter.answer(response, () -> armory.endpoint().progress(callback(request, progress)));
        } else if (rehearsal != null) {
            JsonWriter.answer(response, () -> armory.endpoint().rehearse(callback(request, rehearsal)));
        } else if (ApprovalPath.TOKEN.equals(path)) {
            JsonWriter.answer(response, () -> armory.tokenEndpoint().handle(TokenRequests.of(request)));
        } else {
            return false;
        }
        return true;
    }

    private static CallbackRequest callback(HttpServletRequest request, String id) throws IOException {
        return new CallbackRequest(
                request.getMethod(),
                id,
                headers(request, "Authorization"),
                headers(request, CallbackRequest.ALTERNATIVE_HEADER),
                signatures(request),
                request.getRemoteAddr(),
                new RequestBody(request.getContentType(), request.getContentLengthLong(), request.getInputStream()));
    }

    private static SignatureHeaders signatures(HttpServletRequest request) {
        // One of the two is in each request that is signed; other requests are spared the look at the rest.
        List<String> signature = headers(request, StandardWebhooks.SIGNATURE);
        List<String> gitHub = headers(request, SignatureHeaders.GITHUB);
        return signature.isEmpty() && gitHub.isEmpty()
                ? SignatureHeaders.NONE
                : new SignatureHeaders(
                        headers(request, StandardWebhooks.ID),
                        headers(request, StandardWebhooks.TIMESTAMP),
                        signature,
                        gitHub);
    }

    static List<String> headers(HttpServletRequest request, String name) {
        return Collections.list(request.getHeaders(name));
    }

    /** Returns the path below the root action; {@code null} for a request to another part of Jenkins. */
    @CheckForNull
    static String pathBelowAction(HttpServletRequest request) {
        String path = request.getPathInfo();
        return path != null && path.startsWith('/' + ArmoryRootAction.URL_NAME)
                ? path.substring(ArmoryRootAction.URL_NAME.length() + 1)
                : null;
    }
}
