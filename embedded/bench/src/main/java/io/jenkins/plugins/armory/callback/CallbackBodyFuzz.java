package io.jenkins.plugins.armory.callback;

import java.io.ByteArrayInputStream;

/** Checks that any body of a callback is read as a decision, or refused in the documented form. */
public final class CallbackBodyFuzz {

    private CallbackBodyFuzz() {}

    /** Called by Jazzer. */
    public static void fuzzerTestOneInput(byte[] data) {
        var body = new RequestBody("application/json", -1, new ByteArrayInputStream(data));
        try {
            Fuzzing.check(CallbackBody.read(body).mdMessage() != null, "there is a message, if an empty one");
        } catch (RefusedRequestException x) {
            Fuzzing.checkError(x.response());
        }
    }
}
