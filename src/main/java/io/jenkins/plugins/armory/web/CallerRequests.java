package io.jenkins.plugins.armory.web;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import io.jenkins.plugins.armory.callback.CallbackRequest;
import io.jenkins.plugins.armory.callback.RequestBody;
import io.jenkins.plugins.armory.runtime.ArmoryRuntime;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.Collections;
import java.util.List;

/** Answers those who are no users of Jenkins: whoever calls back, and whoever asks for a token to do so. */
final class CallerRequests {

    private CallerRequests() {}

    /**
     * Answers a request, if it is one of theirs.
     *
     * @param path below the root action
     * @return whether it was
     */
    static boolean answer(HttpServletRequest request, HttpServletResponse response, String path) throws IOException {
        // Callbacks first: there are most of them, and each further look at the path costs.
        String id = ApprovalPath.idIn(path);
        String progress = id == null ? ApprovalPath.idOfProgress(path) : null;
        String rehearsal = id == null ? ApprovalPath.idOfRehearsal(path) : null;
        if (id != null) {
            JsonWriter.answer(response, () -> ArmoryRuntime.get().endpoint().handle(callback(request, id)));
        } else if (progress != null) {
            JsonWriter.answer(response, () -> ArmoryRuntime.get().endpoint().progress(callback(request, progress)));
        } else if (rehearsal != null) {
            JsonWriter.answer(response, () -> ArmoryRuntime.get().endpoint().rehearse(callback(request, rehearsal)));
        } else if (ApprovalPath.TOKEN.equals(path)) {
            JsonWriter.answer(
                    response, () -> ArmoryRuntime.get().tokenEndpoint().handle(TokenRequests.of(request)));
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
                request.getRemoteAddr(),
                new RequestBody(request.getContentType(), request.getContentLengthLong(), request.getInputStream()));
    }

    static List<String> headers(HttpServletRequest request, String name) {
        return Collections.list(request.getHeaders(name));
    }

    /** The path below the root action of a request to Jenkins; {@code null} when it is not for that action. */
    @CheckForNull
    static String pathBelowAction(HttpServletRequest request) {
        String path = request.getPathInfo();
        return path != null && path.startsWith('/' + ArmoryRootAction.URL_NAME)
                ? path.substring(ArmoryRootAction.URL_NAME.length() + 1)
                : null;
    }
}
