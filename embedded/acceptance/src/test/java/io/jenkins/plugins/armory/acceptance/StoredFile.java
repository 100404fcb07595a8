package io.jenkins.plugins.armory.acceptance;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.function.UnaryOperator;
import java.util.zip.CRC32C;

/** A file that the plugin stores: a line with its checksum, as docs/architecture.md says. */
public final class StoredFile {

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final int CHECKSUM = 9;

    private StoredFile() {}

    /** Returns the record in a file. */
    public static JsonNode read(Path file) throws IOException {
        return JSON.readTree(json(file)).get("content");
    }

    private static String json(Path file) throws IOException {
        return Files.readString(file).substring(CHECKSUM).stripTrailing();
    }

    /** Changes a file, and its checksum with it. */
    static void change(Path file, UnaryOperator<String> change) throws IOException {
        Files.writeString(file, line(change.apply(json(file))));
    }

    /** Returns a line with its checksum. */
    static String line(String content) {
        var crc = new CRC32C();
        crc.update(content.getBytes(StandardCharsets.UTF_8));
        return String.format("%08x %s\n", crc.getValue(), content);
    }
}
