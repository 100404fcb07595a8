package io.jenkins.plugins.armory.runtime;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import io.jenkins.plugins.armory.callback.oauth.SigningKeys;
import java.io.IOException;
import jenkins.security.ConfidentialKey;

/**
 * The store of the keys that sign callback tokens. Jenkins keeps them with its other secrets, encrypted. Jenkins's
 * ready-made kinds of keys do not fit, since each holds one key that never changes.
 */
final class SigningKeyStore extends ConfidentialKey implements SigningKeys.Store {

    /** A name on disk. With another one, all issued tokens would become invalid. */
    private static final String FILE = "io.jenkins.plugins.armory.SigningKeyStore.keys";

    SigningKeyStore() {
        super(FILE);
    }

    /**
     * Returns the keys; {@code null} if there are none, or if they cannot be decrypted, since Jenkins's own key has
     * changed.
     */
    @Override
    @CheckForNull
    public byte[] load() throws IOException {
        return super.load();
    }

    @Override
    public void store(byte[] keys) throws IOException {
        super.store(keys);
    }
}
