package io.jenkins.plugins.armory.callback;

import java.io.ByteArrayInputStream;
import java.util.List;

/** Whatever is sent as the body of a callback is read as a decision, or refused in the documented form. */
public final class CallbackBodyFuzz {

    private CallbackBodyFuzz() {}

    /** What Jazzer calls. */
    public static void fuzzerTestOneInput(byte[] data) {
        CallbackRequest request = new CallbackRequest(
                "POST",
                "a1",
                List.of(),
                List.of(),
                "192.0.2.1",
                "application/json",
                -1,
                new ByteArrayInputStream(data));
        try {
            CallbackBody body = CallbackBody.of(request);
            Fuzzing.check(body.mdMessage() != null, "there is a message, if an empty one");
        } catch (RequestBody.Refused x) {
            Fuzzing.checkError(x.response());
        }
    }
}
