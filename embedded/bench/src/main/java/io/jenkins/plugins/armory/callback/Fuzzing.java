package io.jenkins.plugins.armory.callback;

import java.nio.charset.StandardCharsets;
import java.util.List;

/** What the targets of this package have in common. */
public final class Fuzzing {

    private Fuzzing() {}

    /** The parts of an input, which a byte that is in no header and in no form divides. */
    public static List<String> split(byte[] data, int parts) {
        return List.of(
                (new String(data, StandardCharsets.ISO_8859_1) + "\u0001".repeat(parts)).split("\u0001", parts + 1));
    }

    public static void check(boolean holds, String what) {
        if (!holds) {
            throw new AssertionError(what);
        }
    }

    /** Every error has a code and a message, and tells nothing of how this is programmed. */
    static void checkError(JsonResponse response) {
        check(response.status() >= 400 && response.status() < 500, "it is the client's fault: " + response);
        String message = response.body().get("message").textValue();
        check(response.body().get("error").textValue().matches("[a-z_]+"), "a code: " + response);
        check(
                !message.isBlank() && !message.contains("com.fasterxml") && !message.contains("\tat "),
                "a message: " + message);
    }
}
