package io.jenkins.plugins.armory.callback.token;

import io.jenkins.plugins.armory.part.signature.SigningSecrets;
import org.kohsuke.accmod.Restricted;
import org.kohsuke.accmod.restrictions.NoExternalUse;

/**
 * Secrets of callers that people have chosen: the passwords of clients, and Secret texts. Anybody may send as many guesses as they like, so
 * their length alone protects them.
 */
@Restricted(NoExternalUse.class)
public final class ChosenSecrets {

    private static final int LEAST_CHARACTERS = 20;

    /** What is wrong with a secret that is too short. */
    public static final String FAULT = "has fewer than " + LEAST_CHARACTERS
            + " characters, so it could be guessed; give it a longer one, such as \"openssl rand -base64 32\" prints";

    private ChosenSecrets() {}

    /** @param text a secret, or several while it is rotated */
    public static boolean isTooShort(String text) {
        return SigningSecrets.words(text).stream().anyMatch(secret -> secret.length() < LEAST_CHARACTERS);
    }
}
