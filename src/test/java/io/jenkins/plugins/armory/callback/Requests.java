package io.jenkins.plugins.armory.callback;

import java.util.List;
import java.util.Map;
import java.util.function.Function;

/** Requests as a container hands them over. */
public final class Requests {

    private Requests() {}

    /** @param headers all values by name */
    public static CallbackRequest callback(
            String method, String approvalId, Map<String, List<String>> headers, RequestBody body) {
        Function<String, List<String>> valuesOf = name -> headers.getOrDefault(name, List.of());
        return new CallbackRequest(method, approvalId, valuesOf, "192.0.2.1", body);
    }

    static CallbackRequest callback(
            String method, String approvalId, List<String> authorization, List<String> alternative, RequestBody body) {
        return callback(
                method,
                approvalId,
                Map.of("Authorization", authorization, CallbackRequest.ALTERNATIVE_HEADER, alternative),
                body);
    }
}
