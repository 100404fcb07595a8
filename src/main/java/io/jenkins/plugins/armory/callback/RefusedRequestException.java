package io.jenkins.plugins.armory.callback;

import org.kohsuke.accmod.Restricted;
import org.kohsuke.accmod.restrictions.NoExternalUse;

/** Thrown for a request that does not follow the protocol. The message is for the caller. */
@Restricted(NoExternalUse.class)
public final class RefusedRequestException extends Exception {

    private static final long serialVersionUID = 1L;

    private final transient JsonResponse response;

    RefusedRequestException(int status, String code, String message) {
        super(message, null, false, false);
        response = JsonResponse.error(status, code, message);
    }

    /** Returns an exception with status 400. */
    public static RefusedRequestException invalid(String message) {
        return new RefusedRequestException(400, "invalid_request", message);
    }

    /** Returns an exception with status 413. */
    static RefusedRequestException tooLarge(String message) {
        return new RefusedRequestException(413, "payload_too_large", message);
    }

    public JsonResponse response() {
        return response;
    }
}
