package io.jenkins.plugins.armory.part.oidc;

import com.nimbusds.jwt.JWTClaimsSet;
import edu.umd.cs.findbugs.annotations.CheckForNull;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.kohsuke.accmod.Restricted;
import org.kohsuke.accmod.restrictions.NoExternalUse;

/**
 * The claims that an outside issuer's token must have, each as {@code claim=value}. Several values of one claim are
 * alternatives. A claim that is a list must contain the value. {@code claim#member=value} looks into a claim that is an
 * object; the separator is {@code #} because names of claims may be addresses, with dots and slashes.
 */
@Restricted(NoExternalUse.class)
public final class RequiredClaims {

    private final Map<String, Set<String>> values;

    private RequiredClaims(Map<String, Set<String>> values) {
        this.values = values;
    }

    /** @throws IllegalArgumentException if an entry is wrong; the message names it and says how to write one */
    public static RequiredClaims parse(List<String> entries) {
        var values = new LinkedHashMap<String, Set<String>>();
        for (String entry : entries) {
            int equals = entry.indexOf('=');
            String claim = equals < 0 ? "" : entry.substring(0, equals).strip();
            String value = entry.substring(equals + 1).strip();
            if (claim.isEmpty() || value.isEmpty()) {
                throw new IllegalArgumentException("requiredClaims: \"" + entry
                        + "\" is not a required claim: write claim=value, such as repository=octo-org/octo-repo");
            }
            values.computeIfAbsent(claim, each -> new LinkedHashSet<>()).add(value);
        }
        return new RequiredClaims(values);
    }

    public boolean isEmpty() {
        return values.isEmpty();
    }

    /** Returns what a token's claims lack, or nothing. */
    Optional<String> missingFrom(JWTClaimsSet claims) {
        return values.entrySet().stream()
                .filter(required -> !has(valueOf(claims, required.getKey()), required.getValue()))
                .map(required -> "claim " + required.getKey() + " is not " + String.join(" or ", required.getValue()))
                .findFirst();
    }

    @CheckForNull
    private static Object valueOf(JWTClaimsSet claims, String name) {
        int hash = name.lastIndexOf('#');
        if (hash < 0) {
            return claims.getClaim(name);
        }
        return claims.getClaim(name.substring(0, hash)) instanceof Map<?, ?> object
                ? object.get(name.substring(hash + 1))
                : null;
    }

    /** Returns whether a claim has one of the values. Numbers and booleans are compared as JSON writes them. */
    private static boolean has(@CheckForNull Object actual, Set<String> wanted) {
        if (actual instanceof Collection<?> list) {
            return list.stream().anyMatch(each -> !(each instanceof Collection) && has(each, wanted));
        }
        return actual instanceof String text && wanted.contains(text)
                || (actual instanceof Number || actual instanceof Boolean) && wanted.contains(actual.toString());
    }
}
