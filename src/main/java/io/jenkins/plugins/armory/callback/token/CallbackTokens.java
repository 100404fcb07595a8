package io.jenkins.plugins.armory.callback.token;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.util.Base64;
import java.util.HexFormat;
import java.util.Optional;
import java.util.function.UnaryOperator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.kohsuke.accmod.Restricted;
import org.kohsuke.accmod.restrictions.NoExternalUse;

/**
 * Issues the ids of approvals, and for each id a token that decides that approval only.
 *
 * <p>Both are derived from a key that only Jenkins has, so neither is stored. An id ends with a tag, so that Jenkins
 * knows an invented id without a look-up. The token of an id is the id with a MAC over it. So the token is still the
 * same after a restart, when the webhook may have to be called again.
 */
@Restricted(NoExternalUse.class)
public final class CallbackTokens {

    /** The digits of a part of an id: the key of the build, what is random, and the tag, which only saves look-ups. */
    private static final int PART = 16;

    private static final Pattern ID = Pattern.compile("[0-9a-f]{" + 3 * PART + "}");
    private static final Pattern TOKEN = Pattern.compile("(" + ID + ")\\.([A-Za-z0-9_-]{43})");

    private final SecureRandom random = new SecureRandom();
    private final UnaryOperator<byte[]> mac;

    /** @param mac computes an HMAC-SHA256 with a key that never leaves Jenkins */
    public CallbackTokens(UnaryOperator<byte[]> mac) {
        this.mac = mac;
    }

    /** Returns a new id, of no build. */
    public String newId() {
        return newId(random());
    }

    private String random() {
        return HexFormat.of().toHexDigits(random.nextLong());
    }

    /** Returns a new id of a build, of 48 hexadecimal digits, which begins with its key. */
    public String newId(String key) {
        String name = key + random();
        return name + tag(name);
    }

    /**
     * Returns the id of one of many approvals that have a seed in common.
     *
     * @param seed an id, which is that of the first
     */
    public String idOf(String seed, int index) {
        if (index == 0) {
            return seed;
        }
        String name = seed.substring(0, PART) + part("element " + index, seed);
        return name + tag(name);
    }

    /** Returns whether {@link #newId} has ever returned this id. */
    public boolean isIssued(String id) {
        if (!ID.matcher(id).matches()) {
            return false;
        }
        return same(tag(id.substring(0, 2 * PART)), id.substring(2 * PART));
    }

    /** Returns the token of an approval, for an {@code Authorization: Bearer} header. */
    public String tokenFor(String id) {
        return id + '.' + signature(id);
    }

    /** Returns the id of the approval that a token decides, or nothing if the token is not genuine. */
    public Optional<String> approvalOf(String token) {
        Matcher matcher = TOKEN.matcher(token);
        return matcher.matches() && same(signature(matcher.group(1)), matcher.group(2))
                ? Optional.of(matcher.group(1))
                : Optional.empty();
    }

    /** Returns whether a token begins with the id of an approval, as approvals' own tokens do. */
    boolean isLikeToken(String token) {
        int dot = token.indexOf('.');
        return dot > 0 && isIssued(token.substring(0, dot));
    }

    private String tag(String name) {
        return part("id", name);
    }

    private String part(String purpose, String text) {
        return HexFormat.of().formatHex(mac(purpose, text)).substring(0, PART);
    }

    private String signature(String id) {
        return Base64.getUrlEncoder().withoutPadding().encodeToString(mac("token", id));
    }

    /** Returns the MAC of a text. The purpose separates the MACs of ids from those of tokens. */
    private byte[] mac(String purpose, String text) {
        return mac.apply((purpose + ':' + text).getBytes(StandardCharsets.UTF_8));
    }

    /** Compares two texts in constant time. */
    public static boolean same(String expected, String actual) {
        return MessageDigest.isEqual(
                expected.getBytes(StandardCharsets.UTF_8), actual.getBytes(StandardCharsets.UTF_8));
    }
}
