package jenkins.security;

import com.google.common.hash.Hashing;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.security.SecureRandom;

/** A secret key of this controller for message authentication codes, created when it is first used. */
public class HMACConfidentialKey extends ConfidentialKey {
    private static final int KEY_BYTES = 32;

    private byte[] key;

    public HMACConfidentialKey(String id) {
        super(id);
    }

    public synchronized byte[] mac(byte[] message) {
        try {
            if (key == null) {
                key = loadOrCreate();
            }
            return Hashing.hmacSha256(key).hashBytes(message).asBytes();
        } catch (IOException e) {
            throw new UncheckedIOException("Cannot use the key " + getId(), e);
        }
    }

    private byte[] loadOrCreate() throws IOException {
        var bytes = load();
        if (bytes == null) {
            bytes = new byte[KEY_BYTES];
            new SecureRandom().nextBytes(bytes);
            store(bytes);
        }
        return bytes;
    }
}
