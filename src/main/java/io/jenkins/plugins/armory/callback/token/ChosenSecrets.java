package io.jenkins.plugins.armory.callback.token;

import java.util.Arrays;
import java.util.List;
import org.kohsuke.accmod.Restricted;
import org.kohsuke.accmod.restrictions.NoExternalUse;

/**
 * Secrets of callers that people have chosen: the passwords of clients, and Secret texts. Anybody may send as many
 * guesses as they like, so their length alone protects them.
 */
@Restricted(NoExternalUse.class)
public final class ChosenSecrets {

    private static final int LEAST_CHARACTERS = 20;

    /** What is wrong with a secret that is too short. */
    public static final String FAULT = "has fewer than " + LEAST_CHARACTERS
            + " characters, so it could be guessed; give it a longer one, such as \"openssl rand -base64 32\" prints";

    /** The beginning of each secret of a text that may have several. */
    public static final String SEVERAL_PREFIX = "whsec_";

    /** The most secrets in a text: the new one and the old one, and as many while somebody rotates them again. */
    private static final int MOST = 4;

    private ChosenSecrets() {}

    /**
     * Returns the secrets in a text: while a secret is rotated, the new one and the old one, with a space between them.
     * A text is several secrets only if each of its words has the prefix: any other secret may have a space in it, and
     * a part of it must not count as the whole.
     *
     * @throws IllegalArgumentException if there are more than four: each costs time with each request
     */
    public static List<String> split(String text) {
        List<String> words = words(text);
        if (words.size() > MOST) {
            throw new IllegalArgumentException("has " + words.size() + " secrets, and " + MOST
                    + " are the most; keep the new one and the old one");
        }
        return words;
    }

    private static List<String> words(String text) {
        List<String> words = Arrays.asList(text.strip().split("\\s+"));
        return words.stream().allMatch(word -> word.startsWith(SEVERAL_PREFIX)) ? words : List.of(text);
    }

    /** @param text a secret, or several while it is rotated */
    public static boolean isTooShort(String text) {
        return words(text).stream().anyMatch(secret -> secret.length() < LEAST_CHARACTERS);
    }
}
