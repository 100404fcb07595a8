package hudson.util;

import java.io.Serializable;
import java.util.Objects;

/**
 * A text that is not to be shown. The embedded controller keeps its secrets in {@code casc.yaml} and in memory alone.
 */
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

    public static String toString(Secret s) {
        return s == null ? "" : s.value;
    }
}
