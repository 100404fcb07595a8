package io.jenkins.plugins.armory.acceptance.driver;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Map;

/** Programs of the operating system that end by themselves. */
public final class Command {

    private Command() {}

    /** Runs a program and returns what it printed; fails, with that, when it fails. */
    public static String output(String... command) {
        return output(Map.of(), command);
    }

    /** As above, with more in the environment. */
    public static String output(Map<String, String> environment, String... command) {
        ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
        builder.environment().putAll(environment);
        try {
            Process process = builder.start();
            process.getOutputStream().close();
            String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            int status = process.waitFor();
            if (status != 0) {
                throw new AssertionError(command[0] + " ended with " + status + " and printed:\n" + output);
            }
            return output;
        } catch (IOException x) {
            throw new UncheckedIOException(x);
        } catch (InterruptedException x) {
            Thread.currentThread().interrupt();
            throw new AssertionError("Interrupted", x);
        }
    }
}
