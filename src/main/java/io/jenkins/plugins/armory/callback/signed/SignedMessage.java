package io.jenkins.plugins.armory.callback.signed;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import io.jenkins.plugins.armory.signature.SigningSecrets;
import io.jenkins.plugins.armory.signature.StandardWebhooks;
import io.jenkins.plugins.armory.signature.UsedMessages;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/** The signatures of a request, read from its headers and not verified yet. */
abstract sealed class SignedMessage {

    private static final int MAC_BYTES = 32;

    private final List<byte[]> signatures;

    private SignedMessage(List<byte[]> signatures) {
        this.signatures = signatures;
    }

    /** Thrown for headers that hold no signature of either kind. The message is for people who may see the approval. */
    static final class MalformedException extends Exception {
        private static final long serialVersionUID = 1L;

        MalformedException(String message) {
            super(message, null, false, false);
        }
    }

    /** Reads the headers. Standard Webhooks come first: they have a timestamp. */
    static SignedMessage of(SignatureHeaders headers) throws MalformedException {
        return headers.signature().isEmpty() ? GitHub.read(headers) : Standard.read(headers);
    }

    /** Returns the one value of a header. */
    private static String one(String name, List<String> values) throws MalformedException {
        if (values.size() != 1) {
            throw new MalformedException(
                    values.isEmpty() ? "no " + name + " header" : values.size() + " " + name + " headers");
        }
        return values.get(0).strip();
    }

    /** Returns the keys that a Secret text has for this kind of signature. */
    abstract List<byte[]> keys(String secretText);

    abstract byte[] mac(byte[] key, byte[] body);

    /** Returns why the message is not valid now, {@code null} if it is. */
    @CheckForNull
    abstract String fault(Instant now);

    /** Returns what is used up with the message, empty if this kind of signature has no id and no time. */
    Optional<UsedMessages.Message> signedWith(byte[] key) {
        return Optional.empty();
    }

    /** Compares with all signatures, in a time that does not depend on which is right. */
    final boolean isSignedWith(byte[] key, byte[] body) {
        byte[] mac = mac(key, body);
        boolean found = false;
        for (byte[] signature : signatures) {
            found |= MessageDigest.isEqual(mac, signature);
        }
        return found;
    }

    /** A message as Standard Webhooks sign it. */
    static final class Standard extends SignedMessage {

        private static final Pattern ID = Pattern.compile("[!-~]{1,256}");
        private static final Pattern TIMESTAMP = Pattern.compile("\\d{1,12}");
        private static final int MOST_SIGNATURES = 16;

        private final String id;
        private final String timestamp;

        private Standard(String id, String timestamp, List<byte[]> signatures) {
            super(signatures);
            this.id = id;
            this.timestamp = timestamp;
        }

        private static Standard read(SignatureHeaders headers) throws MalformedException {
            String id = one(StandardWebhooks.ID, headers.id());
            String timestamp = one(StandardWebhooks.TIMESTAMP, headers.timestamp());
            if (!ID.matcher(id).matches()) {
                throw new MalformedException(StandardWebhooks.ID + " is empty, too long or not plain ASCII");
            }
            if (!TIMESTAMP.matcher(timestamp).matches()) {
                throw new MalformedException(StandardWebhooks.TIMESTAMP + " is not a number of seconds since 1970");
            }
            return new Standard(id, timestamp, signatures(one(StandardWebhooks.SIGNATURE, headers.signature())));
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

        private Instant signedAt() {
            return Instant.ofEpochSecond(Long.parseLong(timestamp));
        }

        @Override
        Optional<UsedMessages.Message> signedWith(byte[] key) {
            return Optional.of(new UsedMessages.Message(StandardWebhooks.nameOf(key), id, signedAt()));
        }

        @Override
        List<byte[]> keys(String secretText) {
            return SigningSecrets.of(secretText).keys();
        }

        @Override
        byte[] mac(byte[] key, byte[] body) {
            return StandardWebhooks.mac(key, id, timestamp, body);
        }

        @Override
        @CheckForNull
        String fault(Instant now) {
            Duration age = Duration.ofSeconds(now.getEpochSecond() - signedAt().getEpochSecond());
            if (age.abs().compareTo(StandardWebhooks.TOLERANCE) <= 0) {
                return null;
            }
            return "signed " + age.abs().toSeconds() + " s " + (age.isNegative() ? "in the future" : "ago")
                    + ", and " + StandardWebhooks.TOLERANCE.toSeconds()
                    + " are tolerated: a clock is wrong, or the message is a replay";
        }
    }

    /** A message as GitHub signs it: the body alone, without a time. */
    static final class GitHub extends SignedMessage {

        private static final String ALGORITHM = "sha256=";
        private static final byte[] NOTHING = {};

        private GitHub(byte[] signature) {
            super(List.of(signature));
        }

        private static GitHub read(SignatureHeaders headers) throws MalformedException {
            String header = one(SignatureHeaders.GITHUB, headers.gitHub());
            if (header.startsWith(ALGORITHM) && header.length() == ALGORITHM.length() + 2 * MAC_BYTES) {
                try {
                    return new GitHub(HexFormat.of().parseHex(header, ALGORITHM.length(), header.length()));
                } catch (IllegalArgumentException x) {
                    // as below
                }
            }
            throw new MalformedException(
                    SignatureHeaders.GITHUB + " is not sha256= and 64 hexadecimal digits; it may have been cut short");
        }

        @Override
        List<byte[]> keys(String secretText) {
            if (secretText.isBlank()) {
                throw new IllegalArgumentException("is blank");
            }
            return SigningSecrets.split(secretText).stream()
                    .map(secret -> secret.getBytes(StandardCharsets.UTF_8))
                    .toList();
        }

        @Override
        byte[] mac(byte[] key, byte[] body) {
            return StandardWebhooks.mac(key, NOTHING, body);
        }

        @Override
        @CheckForNull
        String fault(Instant now) {
            return null;
        }
    }
}
