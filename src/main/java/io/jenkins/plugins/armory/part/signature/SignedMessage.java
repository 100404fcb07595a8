package io.jenkins.plugins.armory.part.signature;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import java.security.MessageDigest;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.regex.Pattern;

/** The signatures of a request, read from its headers and not verified yet. */
record SignedMessage(String id, String timestamp, List<byte[]> signatures) {

    private static final int MAC_BYTES = 32;
    private static final Pattern ID = Pattern.compile("[!-~]{1,256}");
    private static final Pattern TIMESTAMP = Pattern.compile("\\d{1,12}");
    private static final int MOST_SIGNATURES = 16;

    /** Thrown for headers that hold no signature. The message is for people who may see the approval. */
    static final class MalformedException extends Exception {
        private static final long serialVersionUID = 1L;

        MalformedException(String message) {
            super(message, null, false, false);
        }
    }

    /** Reads the headers. */
    static SignedMessage of(Function<String, List<String>> headers) throws MalformedException {
        String id = one(StandardWebhooks.ID, headers);
        String timestamp = one(StandardWebhooks.TIMESTAMP, headers);
        if (!ID.matcher(id).matches()) {
            throw new MalformedException(StandardWebhooks.ID + " is empty, too long or not plain ASCII");
        }
        if (!TIMESTAMP.matcher(timestamp).matches()) {
            throw new MalformedException(StandardWebhooks.TIMESTAMP + " is not a number of seconds since 1970");
        }
        return new SignedMessage(id, timestamp, signatures(one(StandardWebhooks.SIGNATURE, headers)));
    }

    /** Returns the one value of a header. */
    private static String one(String name, Function<String, List<String>> headers) throws MalformedException {
        List<String> values = headers.apply(name);
        if (values.size() != 1) {
            throw new MalformedException(
                    values.isEmpty() ? "no " + name + " header" : values.size() + " " + name + " headers");
        }
        return values.get(0).strip();
    }

    private static List<byte[]> signatures(String header) throws MalformedException {
        var signatures = new ArrayList<byte[]>();
        for (String each : header.split(" +", MOST_SIGNATURES + 1)) {
            if (each.startsWith(StandardWebhooks.VERSION)) {
                decode(each.substring(StandardWebhooks.VERSION.length())).ifPresent(signatures::add);
            }
        }
        if (signatures.isEmpty() || signatures.size() > MOST_SIGNATURES) {
            throw new MalformedException(StandardWebhooks.SIGNATURE
                    + " holds no signature v1,BASE64 of 32 bytes; it may have been cut short");
        }
        return signatures;
    }

    private static Optional<byte[]> decode(String base64) {
        try {
            return Optional.of(Base64.getDecoder().decode(base64)).filter(bytes -> bytes.length == MAC_BYTES);
        } catch (IllegalArgumentException x) {
            return Optional.empty();
        }
    }

    /** Compares with all signatures, in a time that does not depend on which is right. */
    boolean isSignedWith(byte[] key, byte[] body) {
        byte[] mac = StandardWebhooks.mac(key, id, timestamp, body);
        boolean found = false;
        for (byte[] signature : signatures) {
            found |= MessageDigest.isEqual(mac, signature);
        }
        return found;
    }

    /** Returns why the message is not valid now, {@code null} if it is. */
    @CheckForNull
    String fault(Instant now) {
        Duration age = Duration.ofSeconds(now.getEpochSecond() - Long.parseLong(timestamp));
        if (age.abs().compareTo(StandardWebhooks.TOLERANCE) <= 0) {
            return null;
        }
        return "signed " + age.abs().toSeconds() + " s " + (age.isNegative() ? "in the future" : "ago")
                + ", and " + StandardWebhooks.TOLERANCE.toSeconds()
                + " are tolerated: a clock is wrong, or the message is a replay";
    }
}
