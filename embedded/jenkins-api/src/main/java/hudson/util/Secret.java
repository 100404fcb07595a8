package hudson.util;

import java.io.Serializable;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.Objects;

/** A text that is not to be shown. The embedded controller keeps its secrets in {@code casc.yaml} and in memory alone. */
public final class Secret implements Serializable {
    private static final long serialVersionUID = 1;

    private final String value;

    private Secret(String value) {
        this.value = Objects.requireNonNull(value);
    }

    public static Secret fromString(String data) {
        return new Secret(data == null ? "" : data);
    }

    public String getPlainText() {
        return value;
    }

    /** The plain text of the secret, or an empty text for null. */
    public static String toString(Secret s) {
        return s == null ? "" : s.value;
    }

    @Override
    public boolean equals(Object that) {
        return that instanceof Secret secret
                && MessageDigest.isEqual(
                        value.getBytes(StandardCharsets.UTF_8), secret.value.getBytes(StandardCharsets.UTF_8));
    }

    @Override
    public int hashCode() {
        return value.hashCode();
    }
}
