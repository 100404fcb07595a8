package jenkins.security;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.util.Set;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import jenkins.model.Jenkins;

/** A secret key of this controller for message authentication codes, created when it is first used. */
public class HMACConfidentialKey {
    private static final String ALGORITHM = "HmacSHA256";
    private static final int KEY_BYTES = 32;
    private static final FileAttribute<?> OWNER_ONLY =
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"));

    private final String id;
    private SecretKeySpec key;

    public HMACConfidentialKey(Class<?> owner, String shortName) {
        id = owner.getName() + '.' + shortName;
    }

    public synchronized byte[] mac(byte[] message) {
        try {
            if (key == null) {
                key = new SecretKeySpec(loadOrCreate(id), ALGORITHM);
            }
            var mac = Mac.getInstance(ALGORITHM);
            mac.init(key);
            return mac.doFinal(message);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        } catch (IOException e) {
            throw new UncheckedIOException("Cannot use the key " + id, e);
        }
    }

    /** A crash leaves either no key or a whole one: one cut short would not match what was signed with it. */
    private static synchronized byte[] loadOrCreate(String id) throws IOException {
        var secrets = Files.createDirectories(Jenkins.get().getRootDir().toPath().resolve("secrets"));
        var file = secrets.resolve(id);
        if (!Files.exists(file)) {
            var bytes = new byte[KEY_BYTES];
            new SecureRandom().nextBytes(bytes);
            var temporary = secrets.resolve(id + ".new");
            Files.deleteIfExists(temporary);
            try (var channel = FileChannel.open(
                    temporary, Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE), OWNER_ONLY)) {
                channel.write(ByteBuffer.wrap(bytes));
                channel.force(true);
            }
            Files.move(temporary, file, StandardCopyOption.ATOMIC_MOVE);
        }
        return Files.readAllBytes(file);
    }
}
