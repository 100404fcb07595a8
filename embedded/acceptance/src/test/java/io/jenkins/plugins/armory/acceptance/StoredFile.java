package io.jenkins.plugins.armory.acceptance;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.MissingNode;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;
import java.util.zip.CRC32C;

/** The log of a build: lines with their checksums, as docs/architecture.md says. */
public final class StoredFile {

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final int CHECKSUM = 9;

    private StoredFile() {}

    /** Returns the last value of a key in the log of a build; a missing node if there is none. */
    public static JsonNode value(Path log, String key) throws IOException {
        JsonNode last = MissingNode.getInstance();
        for (String line : Files.readAllLines(log)) {
            JsonNode values = JSON.readTree(line.substring(line.indexOf('{')));
            last = values.has(key) ? values.get(key) : last;
        }
        return last;
    }

    /** Changes the first line of a log, and its checksum with it. */
    static void change(Path log, UnaryOperator<String> change) throws IOException {
        List<String> lines = new ArrayList<>(Files.readAllLines(log));
        String content = change.apply(lines.get(0).substring(CHECKSUM));
        var crc = new CRC32C();
        crc.update(content.getBytes(StandardCharsets.UTF_8));
        lines.set(0, String.format("%08x %s", crc.getValue(), content));
        Files.write(log, lines);
    }
}
