package io.jenkins.plugins.armory.callback.token;

import com.nimbusds.jose.Header;
import com.nimbusds.jwt.JWTClaimsSet;
import edu.umd.cs.findbugs.annotations.CheckForNull;
import java.time.Duration;
import java.time.Instant;
import java.util.Date;
import java.util.List;
import java.util.Optional;

/** What both kinds of JWTs have in common: what their times and audiences must be (RFC 7519). */
public final class JwtClaims {

    /** How far the clocks of Jenkins and of the issuer may be apart. */
    public static final Duration LEEWAY = Duration.ofSeconds(60);

    private static final int SHOWN = 120;

    private JwtClaims() {}

    /** What is wrong with a token whose header says that it is not signed. */
    public static String notSigned(Header header) {
        return "it is not signed (alg " + shown(header.getAlgorithm().getName()) + ")";
    }

    /** What keeps claims from being valid now, for that audience; empty when nothing does. */
    public static Optional<String> fault(JWTClaimsSet claims, String audience, Instant now) {
        List<String> audiences = claims.getAudience();
        if (!audiences.contains(audience)) {
            return Optional.of("wrong audience: " + (audiences.isEmpty() ? "none" : shown(String.join(", ", audiences)))
                    + " instead of " + audience);
        }
        Date expiry = claims.getExpirationTime();
        if (expiry == null) {
            return Optional.of("it has no expiry (exp)");
        }
        if (!now.minus(LEEWAY).isBefore(expiry.toInstant())) {
            return Optional.of("expired " + shown(Duration.between(expiry.toInstant(), now)) + " ago");
        }
        Date start = claims.getNotBeforeTime();
        if (start != null && now.plus(LEEWAY).isBefore(start.toInstant())) {
            return Optional.of(
                    "not valid before " + shown(Duration.between(now, start.toInstant())) + " from now (nbf)");
        }
        Date issued = claims.getIssueTime();
        if (issued != null && now.plus(LEEWAY).isBefore(issued.toInstant())) {
            return Optional.of("issued " + shown(Duration.between(now, issued.toInstant())) + " from now (iat)");
        }
        return Optional.empty();
    }

    /** A text from a token that nobody vouches for, fit to be kept and shown. */
    public static String shown(@CheckForNull String text) {
        if (text == null) {
            return "none";
        }
        String printable = text.replaceAll("\\p{C}", "?");
        return printable.length() <= SHOWN ? printable : printable.substring(0, SHOWN) + "...";
    }

    private static String shown(Duration duration) {
        if (duration.compareTo(Duration.ofMinutes(2)) < 0) {
            return duration.toSeconds() + " s";
        }
        if (duration.compareTo(Duration.ofHours(2)) < 0) {
            return duration.toMinutes() + " min";
        }
        return duration.compareTo(Duration.ofDays(2)) < 0 ? duration.toHours() + " h" : duration.toDays() + " days";
    }
}
