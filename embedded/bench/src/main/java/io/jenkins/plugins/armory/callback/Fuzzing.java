package io.jenkins.plugins.armory.callback;

import java.nio.charset.StandardCharsets;
import java.util.List;

/** The parts that the fuzz targets of this package share. */
public final class Fuzzing {

    private Fuzzing() {}

    /** Splits an input at bytes of the value 1, which no header and no form contains. */
    public static List<String> split(byte[] data, int parts) {
        return List.of(
                (new String(data, StandardCharsets.ISO_8859_1) + "\u0001".repeat(parts)).split("\u0001", parts + 1));
    }

    public static void check(boolean holds, String what) {
        if (!holds) {
            throw new AssertionError(what);
        }
    }

    /** Checks that an error has a code and a message, and reveals no internals. */
    static void checkError(JsonResponse response) {
        check(response.status() >= 400 && response.status() < 500, "it is the caller's fault: " + response);
        String message = response.body().get("message").textValue();
        check(response.body().get("error").textValue().matches("[a-z_]+"), "a code: " + response);
        String own = message.replaceAll("(?s)\".*\"", ""); // without what the caller sent
        check(!own.isBlank() && !own.contains("com.fasterxml") && !own.contains("\tat "), "a message: " + message);
    }
}
