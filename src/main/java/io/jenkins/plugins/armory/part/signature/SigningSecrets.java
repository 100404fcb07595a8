package io.jenkins.plugins.armory.part.signature;

import io.jenkins.plugins.armory.callback.token.ChosenSecrets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import org.kohsuke.accmod.Restricted;
import org.kohsuke.accmod.restrictions.NoExternalUse;

/** The keys in a Secret text that signs as Standard Webhooks, each {@code whsec_} and the key in base64. */
@Restricted(NoExternalUse.class)
public final class SigningSecrets {

    /** The shortest key: Standard Webhooks 1.0.0, "Signature scheme". */
    static final int LEAST_BYTES = 24;

    private static final String HOW_TO = "; make one with: echo whsec_$(openssl rand -base64 32)";

    private static final String PREFIX = ChosenSecrets.SEVERAL_PREFIX;

    private final List<byte[]> keys;

    private SigningSecrets(List<byte[]> keys) {
        this.keys = List.copyOf(keys);
    }

    /**
     * Reads a Secret text.
     *
     * @throws IllegalArgumentException if it cannot sign; the message says what is wrong with it, and shows no part of
     *     it
     */
    public static SigningSecrets of(String text) {
        var keys = new ArrayList<byte[]>();
        for (String secret : ChosenSecrets.split(text)) {
            keys.add(key(secret));
        }
        return new SigningSecrets(keys);
    }

    private static byte[] key(String secret) {
        if (!secret.startsWith(PREFIX)) {
            throw new IllegalArgumentException("does not begin with " + PREFIX + HOW_TO);
        }
        byte[] key;
        try {
            key = Base64.getDecoder().decode(secret.substring(PREFIX.length()));
        } catch (IllegalArgumentException x) { // its message shows a character of the secret
            throw new IllegalArgumentException("is not base64 behind " + PREFIX + HOW_TO);
        }
        if (key.length < LEAST_BYTES) {
            throw new IllegalArgumentException(
                    "has a key of " + key.length + " bytes, and " + LEAST_BYTES + " are the least" + HOW_TO);
        }
        return key;
    }

    /** Returns the keys, the one that is to stay first. */
    public List<byte[]> keys() {
        return keys;
    }

    @Override
    public String toString() {
        return "****";
    }
}
