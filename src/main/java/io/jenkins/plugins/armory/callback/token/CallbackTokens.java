package io.jenkins.plugins.armory.callback.token;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.Base64;
import java.util.HexFormat;
import java.util.Optional;
import java.util.function.UnaryOperator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Ids of approvals, and the tokens that decide exactly one.
 *
 * <p>Both are derived from a key that only Jenkins has, so neither has to be stored: an id carries a tag by which Jenkins
 * knows its own ids from invented ones, and the token of an id is the id with a MAC over it. The same approval therefore
 * has the same token after a restart, when its webhook may have to be called again, and a token is worth nothing for
 * another approval or once its own is decided.
 */
public final class CallbackTokens {

    private static final int RANDOM_BYTES = 16; // 128 bits: never guessed, never twice
    private static final int TAG_BYTES = 8; // an id is public; its tag only saves looking up invented ones
    private static final Pattern ID = Pattern.compile("[0-9a-f]{" + 2 * (RANDOM_BYTES + TAG_BYTES) + "}");
    private static final Pattern TOKEN = Pattern.compile("(" + ID + ")\\.([A-Za-z0-9_-]{43})");

    private final SecureRandom random = new SecureRandom();
    private final UnaryOperator<byte[]> mac;

    /** @param mac HMAC-SHA256 with a key that never leaves Jenkins */
    public CallbackTokens(UnaryOperator<byte[]> mac) {
        this.mac = mac;
    }

    /** A new id of 48 hexadecimal digits. */
    public String newId() {
        byte[] id = new byte[RANDOM_BYTES];
        random.nextBytes(id);
        String name = HexFormat.of().formatHex(id);
        return name + tag(name);
    }

    /** Whether this is an id that {@link #newId} made, at whatever time. */
    public boolean isIssued(String id) {
        if (!ID.matcher(id).matches()) {
            return false;
        }
        int end = 2 * RANDOM_BYTES;
        return same(tag(id.substring(0, end)), id.substring(end));
    }

    /** The token that decides the approval of that id, fit for an {@code Authorization: Bearer} header. */
    public String tokenFor(String id) {
        return id + '.' + signature(id);
    }

    /** The id of the approval that a token decides; empty when it is no such token. */
    public Optional<String> approvalOf(String token) {
        Matcher matcher = TOKEN.matcher(token);
        return matcher.matches() && same(signature(matcher.group(1)), matcher.group(2))
                ? Optional.of(matcher.group(1))
                : Optional.empty();
    }

    /** Whether it begins with an id that Jenkins issued, as tokens of approvals do. */
    boolean isLikeToken(String token) {
        int dot = token.indexOf('.');
        return dot > 0 && isIssued(token.substring(0, dot));
    }

    private String tag(String name) {
        return HexFormat.of().formatHex(Arrays.copyOf(mac("id", name), TAG_BYTES));
    }

    private String signature(String id) {
        return Base64.getUrlEncoder().withoutPadding().encodeToString(mac("token", id));
    }

    /** The purpose keeps the MAC of one kind of text from serving as that of another. */
    private byte[] mac(String purpose, String text) {
        return mac.apply((purpose + ':' + text).getBytes(StandardCharsets.UTF_8));
    }

    /** Compares in a time that does not tell how much of it is right. */
    public static boolean same(String expected, String actual) {
        return MessageDigest.isEqual(
                expected.getBytes(StandardCharsets.UTF_8), actual.getBytes(StandardCharsets.UTF_8));
    }
}
