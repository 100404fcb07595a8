package io.jenkins.plugins.armory.acceptance.driver;

/** Writes what goes into a Pipeline. */
public final class Groovy {

    private Groovy() {}

    /** A text as a string that means exactly that. */
    public static String string(String text) {
        StringBuilder literal = new StringBuilder("'");
        for (char c : text.toCharArray()) {
            int escape = "\n\r\t".indexOf(c);
            if (escape >= 0) {
                // Groovy puts in what is behind \\u before it looks for the ends of strings, and a line ends one.
                literal.append('\\').append("nrt".charAt(escape));
            } else if (c == '\'' || c == '\\') {
                literal.append('\\').append(c);
            } else if (c >= 0x20 && c < 0x7f) {
                literal.append(c);
            } else {
                literal.append("\\u%04x".formatted((int) c));
            }
        }
        return literal.append('\'').toString();
    }
}
