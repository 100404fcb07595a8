package io.jenkins.plugins.armory.callback.oidc;

import com.nimbusds.jwt.JWTClaimsSet;
import edu.umd.cs.findbugs.annotations.CheckForNull;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Claims that an outside issuer's token must have, each as {@code claim=value}. Several of one claim are alternatives. A
 * claim that is a list must have the value in it. {@code claim#member=value} looks into a claim that is an object, since
 * the name of a claim may well be an address with dots and slashes.
 */
public final class RequiredClaims {

    private final Map<String, Set<String>> values;

    private RequiredClaims(Map<String, Set<String>> values) {
        this.values = values;
    }

    /** @throws IllegalArgumentException naming the entry that is wrong, and how to write it */
    public static RequiredClaims parse(List<String> entries) {
        Map<String, Set<String>> values = new LinkedHashMap<>();
        for (String entry : entries) {
            int equals = entry.indexOf('=');
            String claim = equals < 0 ? "" : entry.substring(0, equals).strip();
            String value = entry.substring(equals + 1).strip();
            if (claim.isEmpty() || value.isEmpty()) {
                throw new IllegalArgumentException("\"" + entry
                        + "\" is not a required claim: write claim=value, such as" + " repository=octo-org/octo-repo");
            }
            values.computeIfAbsent(claim, each -> new LinkedHashSet<>()).add(value);
        }
        return new RequiredClaims(values);
    }

    public boolean isEmpty() {
        return values.isEmpty();
    }

    /** What a token's claims lack; empty when they lack nothing. */
    Optional<String> missingFrom(JWTClaimsSet claims) {
        return values.entrySet().stream()
                .filter(required -> !has(valueOf(claims, required.getKey()), required.getValue()))
                .map(required -> "claim " + required.getKey() + " is not " + String.join(" or ", required.getValue()))
                .findFirst();
    }

    @CheckForNull
    private static Object valueOf(JWTClaimsSet claims, String name) {
        Object whole = claims.getClaim(name);
        int hash = name.lastIndexOf('#');
        if (whole != null || hash < 0) {
            return whole;
        }
        return claims.getClaim(name.substring(0, hash)) instanceof Map<?, ?> object
                ? object.get(name.substring(hash + 1))
                : null;
    }

    /** Numbers and booleans count by how JSON writes them; an object has no value. */
    private static boolean has(@CheckForNull Object actual, Set<String> wanted) {
        if (actual instanceof Collection<?> list) {
            return list.stream().anyMatch(each -> !(each instanceof Collection) && has(each, wanted));
        }
        return actual instanceof String text && wanted.contains(text)
                || (actual instanceof Number || actual instanceof Boolean) && wanted.contains(actual.toString());
    }
}
