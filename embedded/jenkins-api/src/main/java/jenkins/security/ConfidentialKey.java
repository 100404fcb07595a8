package jenkins.security;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Set;
import jenkins.model.Jenkins;

/** Something secret that the controller keeps in a file of its own, which its owner alone may read. */
public abstract class ConfidentialKey {
    private static final FileAttribute<?> OWNER_ONLY =
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"));

    private final String id;

    protected ConfidentialKey(String id) {
        this.id = id;
    }

    public String getId() {
        return id;
    }

    protected byte[] load() throws IOException {
        var file = file();
        return Files.exists(file) ? Files.readAllBytes(file) : null;
    }

    /** A crash leaves either the old or the new payload: one cut short would not match what was signed with it. */
    protected void store(byte[] payload) throws IOException {
        var file = file();
        var temporary = file.resolveSibling(id + ".new");
        Files.deleteIfExists(temporary);
        try (var channel = FileChannel.open(
                temporary, Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE), OWNER_ONLY)) {
            channel.write(ByteBuffer.wrap(payload));
            channel.force(true);
        }
        Files.move(temporary, file, StandardCopyOption.ATOMIC_MOVE);
    }

    private Path file() throws IOException {
        return Files.createDirectories(Jenkins.get().getRootDir().toPath().resolve("secrets"))
                .resolve(id);
    }
}
