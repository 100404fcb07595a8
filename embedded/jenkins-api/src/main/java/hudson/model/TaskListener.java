package hudson.model;

import java.io.OutputStream;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;

/** Writes to the log of a build. */
public interface TaskListener {
    /** Writes nowhere. */
    TaskListener NULL = () -> new PrintStream(OutputStream.nullOutputStream(), false, StandardCharsets.UTF_8);

    PrintStream getLogger();

    default PrintWriter error(String message) {
        getLogger().println("ERROR: " + message);
        return new PrintWriter(getLogger(), true, StandardCharsets.UTF_8);
    }
}
