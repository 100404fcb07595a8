package io.jenkins.plugins.armory.callback.token;

import com.nimbusds.jose.Header;
import com.nimbusds.jwt.JWTClaimsSet;
import edu.umd.cs.findbugs.annotations.CheckForNull;
import java.time.Duration;
import java.time.Instant;
import java.util.Date;
import java.util.List;
import java.util.Optional;
import org.kohsuke.accmod.Restricted;
import org.kohsuke.accmod.restrictions.NoExternalUse;

/** Checks that are the same for all JWTs: their audience and their times (RFC 7519). */
@Restricted(NoExternalUse.class)
public final class JwtClaims {

    /** The tolerated difference between the clocks of Jenkins and of the issuer. */
    public static final Duration LEEWAY = Duration.ofSeconds(60);

    private static final int SHOWN = 120;

    private JwtClaims() {}

    /** Returns the fault of a token that is not signed. */
    public static String notSigned(Header header) {
        return "it is not signed (alg " + shown(header.getAlgorithm().getName()) + ")";
    }

    /** Returns why claims are not valid now for an audience, or nothing if they are. */
    public static Optional<String> fault(JWTClaimsSet claims, String audience, Instant now) {
        return faultOfAudience(claims.getAudience(), audience)
                .or(() -> faultOfExpiry(claims.getExpirationTime(), now))
                .or(() -> startsLater("not valid before ", claims.getNotBeforeTime(), "nbf", now))
                .or(() -> startsLater("issued ", claims.getIssueTime(), "iat", now));
    }

    private static Optional<String> faultOfAudience(List<String> audiences, String expected) {
        if (audiences.contains(expected)) {
            return Optional.empty();
        }
        String actual = audiences.isEmpty() ? "none" : shown(String.join(", ", audiences));
        return Optional.of("wrong audience: " + actual + " instead of " + expected);
    }

    private static Optional<String> faultOfExpiry(@CheckForNull Date expiry, Instant now) {
        if (expiry == null) {
            return Optional.of("it has no expiry (exp)");
        }
        return now.minus(LEEWAY).isBefore(expiry.toInstant())
                ? Optional.empty()
                : Optional.of("expired " + shown(Duration.between(expiry.toInstant(), now)) + " ago");
    }

    private static Optional<String> startsLater(String what, @CheckForNull Date start, String claim, Instant now) {
        return start != null && now.plus(LEEWAY).isBefore(start.toInstant())
                ? Optional.of(what + shown(Duration.between(now, start.toInstant())) + " from now (" + claim + ")")
                : Optional.empty();
    }

    /** Returns a text of an unverified token in a form that may be kept and shown: printable and short. */
    public static String shown(@CheckForNull String text) {
        if (text == null) {
            return "none";
        }
        String printable = printable(text);
        return printable.length() <= SHOWN ? printable : printable.substring(0, SHOWN) + "...";
    }

    /** Returns a text of a token with a question mark for each character that is not printable. Whoever keeps it cuts it. */
    public static String printable(String text) {
        return text.replaceAll("\\p{C}", "?");
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
