package io.jenkins.plugins.armory.part.oidc;

import io.jenkins.plugins.armory.callback.token.JobPatterns;
import java.net.URI;
import java.net.URISyntaxException;
import java.util.Locale;
import java.util.Set;
import org.kohsuke.accmod.Restricted;
import org.kohsuke.accmod.restrictions.NoExternalUse;

/**
 * An outside issuer whose JWTs are accepted, as the administrator lists it.
 *
 * @param issuer the {@code iss} of its tokens, an address
 * @param audience the {@code aud} that its tokens must have
 * @param requiredClaims the further claims that its tokens must have
 * @param jobs the jobs that its tokens may decide for
 */
@Restricted(NoExternalUse.class)
public record OutsideIssuer(String issuer, String audience, RequiredClaims requiredClaims, JobPatterns jobs) {

    private static final Set<String> LOOPBACK = Set.of("127.0.0.1", "localhost", "[::1]");

    /**
     * Returns whether keys may be fetched from an address. It must be https, except for this machine itself, since keys
     * that were changed on the way would decide anything.
     */
    public static boolean isTrustworthy(String address) {
        try {
            var uri = new URI(address);
            String host = uri.getHost();
            if (host == null || uri.getRawUserInfo() != null || uri.getRawFragment() != null) {
                return false;
            }
            return "https".equalsIgnoreCase(uri.getScheme())
                    || "http".equalsIgnoreCase(uri.getScheme()) && LOOPBACK.contains(host.toLowerCase(Locale.ROOT));
        } catch (URISyntaxException x) {
            return false;
        }
    }
}
