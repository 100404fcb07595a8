package io.jenkins.plugins.armory.callback;

import io.jenkins.plugins.armory.approval.Approval;
import io.jenkins.plugins.armory.approval.Event;
import io.jenkins.plugins.armory.storage.InMemory;
import io.jenkins.plugins.armory.storage.ReadBack;
import java.io.ByteArrayInputStream;
import java.time.Instant;

/**
 * Checks that any body of a callback is read as a decision that the store reads back, or refused in the documented form. A record with half
 * of a character would keep the store closed after a crash.
 */
public final class CallbackBodyFuzz {

    private static final Approval WAITING = InMemory.waiting("a1", 1);

    private CallbackBodyFuzz() {}

    /** Called by Jazzer. */
    public static void fuzzerTestOneInput(byte[] data) {
        var body = new RequestBody("application/json", -1, new ByteArrayInputStream(data));
        try {
            CallbackBody read = CallbackBody.read(body);
            Fuzzing.check(read.mdMessage() != null, "there is a message, if an empty one");
            var event = new Event.Callback(read.success(), read.mdMessage(), read.data(), "fuzz");
            ReadBack.check(WAITING.on(event, Instant.now()).approval());
        } catch (RefusedRequestException x) {
            Fuzzing.checkError(x.response());
        }
    }
}
