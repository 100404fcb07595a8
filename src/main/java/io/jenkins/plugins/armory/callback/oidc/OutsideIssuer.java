package io.jenkins.plugins.armory.callback.oidc;

import io.jenkins.plugins.armory.callback.token.JobPatterns;
import java.net.URI;
import java.net.URISyntaxException;
import java.util.Locale;
import java.util.Objects;
import java.util.Set;

/**
 * Somebody outside whose JWTs count, as the administrator lists them.
 *
 * @param issuer its {@code iss}, an address
 * @param audience what its tokens must have in {@code aud}
 * @param requiredClaims what else they must have
 * @param jobs what they may decide for
 */
public record OutsideIssuer(String issuer, String audience, RequiredClaims requiredClaims, JobPatterns jobs) {

    private static final Set<String> LOOPBACK = Set.of("127.0.0.1", "localhost", "[::1]");

    public OutsideIssuer {
        Objects.requireNonNull(issuer, "issuer");
        Objects.requireNonNull(audience, "audience");
        Objects.requireNonNull(requiredClaims, "requiredClaims");
        Objects.requireNonNull(jobs, "jobs");
    }

    /**
     * Whether keys may be fetched from there: whoever can change them on their way can decide everything, so it takes
     * https, but for this machine itself.
     */
    public static boolean isTrustworthy(String address) {
        try {
            URI uri = new URI(address);
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
