package io.jenkins.plugins.armory.part.signature;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.Collections;
import java.util.List;
import org.kohsuke.accmod.Restricted;
import org.kohsuke.accmod.restrictions.NoExternalUse;

/**
 * The keys in a Secret text that signs as Standard Webhooks: {@code whsec_} and the key in base64. While a secret is rotated, the
 * text holds the new one and the old one, with a space between them.
 */
@Restricted(NoExternalUse.class)
public final class SigningSecrets {

    /** The beginning of each secret. */
    public static final String PREFIX = "whsec_";

    /** The shortest key: Standard Webhooks 1.0.0, "Signature scheme". */
    static final int LEAST_BYTES = 24;

    /** The most secrets in a text: the new one and the old one, and as many while somebody rotates them again. */
    static final int MOST = 4;

    private static final String HOW_TO = "; make one with: echo whsec_$(openssl rand -base64 32)";

    private final List<byte[]> keys;

    private SigningSecrets(List<byte[]> keys) {
        this.keys = List.copyOf(keys);
    }

    /**
     * Returns the secrets in a text, each with its prefix. A text is several secrets only if each of its words has the prefix: any
     * other secret may have a space in it, and a part of it must not count as the whole.
     */
    public static List<String> words(String text) {
        List<String> words = Arrays.asList(text.strip().split("\\s+"));
        return words.stream().allMatch(word -> word.startsWith(PREFIX)) ? words : Collections.singletonList(text);
    }

    /**
     * Does the same.
     *
     * @throws IllegalArgumentException if there are more than {@link #MOST}: each costs time with each request
     */
    public static List<String> split(String text) {
        List<String> words = words(text);
        if (words.size() > MOST) {
            throw new IllegalArgumentException("has " + words.size() + " secrets, and " + MOST
                    + " are the most; keep the new one and the old one");
        }
        return words;
    }

    /**
     * Reads a Secret text.
     *
     * @throws IllegalArgumentException if it cannot sign; the message says what is wrong with it, and shows no part of it
     */
    public static SigningSecrets of(String text) {
        var keys = new ArrayList<byte[]>();
        for (String secret : split(text)) {
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
