package io.jenkins.embedded;

import hudson.model.TaskListener;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.HashMap;
import java.util.Map;

/**
 * The log of a build: line by line, so that the lines of parallel branches stay whole and carry their branch's name.
 */
final class BuildLog {
    private final Path file;
    private final Map<String, TaskListener> listeners = new HashMap<>();

    BuildLog(Path file) {
        this.file = file;
    }

    /** The listener that the branch of that name writes to; the empty name is that of the Pipeline itself. */
    synchronized TaskListener listener(String branch) {
        return listeners.computeIfAbsent(branch, name -> {
            var stream =
                    new PrintStream(new Lines(name.isEmpty() ? "" : "[" + name + "] "), true, StandardCharsets.UTF_8);
            return () -> stream;
        });
    }

    void println(String line) {
        listener("").getLogger().println(line);
    }

    /** Opened for every write: a build that waits for days holds no file open. */
    private synchronized void append(byte[] bytes) throws IOException {
        Files.write(file, bytes, StandardOpenOption.CREATE, StandardOpenOption.APPEND);
    }

    /** Collects what is written until the line is complete. */
    private final class Lines extends OutputStream {
        private final String prefix;
        private final ByteArrayOutputStream line = new ByteArrayOutputStream();

        Lines(String prefix) {
            this.prefix = prefix;
        }

        @Override
        public synchronized void write(int b) throws IOException {
            if (line.size() == 0) {
                line.writeBytes(prefix.getBytes(StandardCharsets.UTF_8));
            }
            line.write(b);
            if (b == '\n') {
                append(line.toByteArray());
                line.reset();
            }
        }
    }
}
