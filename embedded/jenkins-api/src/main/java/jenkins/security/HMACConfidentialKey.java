package jenkins.security;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/** A secret key of this controller for message authentication codes, created when it is first used. */
public class HMACConfidentialKey extends ConfidentialKey {
    private static final String ALGORITHM = "HmacSHA256";
    private static final int KEY_BYTES = 32;

    private SecretKeySpec key;

    public HMACConfidentialKey(String id) {
        super(id);
    }

    public synchronized byte[] mac(byte[] message) {
        try {
            if (key == null) {
                key = new SecretKeySpec(loadOrCreate(), ALGORITHM);
            }
            var mac = Mac.getInstance(ALGORITHM);
            mac.init(key);
            return mac.doFinal(message);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
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
