package io.jenkins.plugins.armory.runtime;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import io.jenkins.plugins.armory.callback.oauth.SigningKeys;
import java.io.IOException;
import jenkins.security.ConfidentialKey;

/**
 * Keeps the keys that callback tokens are signed with where Jenkins keeps its other secrets, encrypted. Not one of the
 * ready-made kinds of keys: these hold one key that never changes.
 */
final class SigningKeyStore extends ConfidentialKey implements SigningKeys.Store {

    /** A name on disk: with another one, all tokens that were issued would end. */
    private static final String FILE = "io.jenkins.plugins.armory.SigningKeyStore.keys";

    SigningKeyStore() {
        super(FILE);
    }

    /** @return {@code null} too when the file cannot be deciphered: then Jenkins's own key is another one by now */
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
