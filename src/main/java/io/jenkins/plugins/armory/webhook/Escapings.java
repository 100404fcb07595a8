package io.jenkins.plugins.armory.webhook;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.io.JsonStringEncoder;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.Locale;

/**
 * Escapings for the places where a value may stand. An escaped value ends no string, no path segment and no line, and
 * starts no field.
 */
final class Escapings {

    private Escapings() {}

    /** Escapes for a URI, as a {@link #component}. A variable at the start is not escaped, since it is an address. */
    static Template.Escaping uri() {
        return (value, before) -> {
            if (!before.isEmpty()) {
                return component(value);
            }
            if (value.isEmpty()) { // what follows would be the start
                throw new IllegalArgumentException("is empty, and the address begins with it");
            }
            return value;
        };
    }

    /** Refuses what a header cannot hold. Header values have no escaping. */
    static Template.Escaping header() {
        return (value, before) -> {
            if (!isFieldContent(value)) {
                throw new IllegalArgumentException(
                        "has a line break or another character that a header cannot hold; encode it where it comes from");
            }
            return value;
        };
    }

    /** Returns whether a text is visible ASCII, spaces and tabs (RFC 9110, section 5.5). */
    private static boolean isFieldContent(String value) {
        return value.chars().allMatch(c -> c == '\t' || c >= 0x20 && c < 0x7f);
    }

    /** Escapes for a body of a media type: JSON, a form or XML. Other bodies have no escaping. */
    static Template.Escaping body(String mediaType) {
        if (isJson(mediaType)) {
            return new JsonEscaping();
        }
        if (mediaType.equals("application/x-www-form-urlencoded")) {
            return (value, before) -> component(value);
        }
        if (mediaType.equals("application/xml") || mediaType.equals("text/xml") || mediaType.endsWith("+xml")) {
            return (value, before) -> xml(value);
        }
        return (value, before) -> value;
    }

    /** Returns the media type of a {@code Content-Type}, without parameters. */
    static String mediaType(String contentType) {
        return contentType.split(";", 2)[0].strip().toLowerCase(Locale.ROOT);
    }

    static boolean isJson(String mediaType) {
        return mediaType.equals("application/json")
                || mediaType.equals("text/json") // an old name that is still in use
                || mediaType.endsWith("+json");
    }

    /** Percent-encodes all but unreserved characters (RFC 3986, section 2.3). */
    static String component(String value) {
        return URLEncoder.encode(value, StandardCharsets.UTF_8)
                .replace("+", "%20")
                .replace("*", "%2A")
                .replace("%7E", "~");
    }

    /** Escapes for the inside of a JSON string. */
    static String json(String value) {
        return new String(JsonStringEncoder.getInstance().quoteAsString(value));
    }

    /** Escapes for the text of an element and for an attribute of XML. */
    static String xml(String value) {
        return value.replace("&", "&amp;")
                .replace("<", "&lt;")
                .replace(">", "&gt;")
                .replace("\"", "&quot;")
                .replace("'", "&apos;");
    }

    /**
     * Escapes for a JSON text. Outside a string, the value must be one JSON value: numbers and whole objects can be
     * passed on, and nothing can be added beside them.
     */
    private static final class JsonEscaping implements Template.Escaping {

        private int seen;
        private boolean inString;

        @Override
        public String escape(String value, CharSequence before) {
            follow(before);
            if (inString) {
                return json(value);
            }
            if (!isJsonValue(value)) {
                throw new IllegalArgumentException(
                        "stands outside of a JSON string, and its value is not JSON; put it between quotes");
            }
            return value;
        }

        /** Goes on to the end of the text, keeping track of its strings. */
        private void follow(CharSequence before) {
            for (; seen < before.length(); seen++) {
                char c = before.charAt(seen);
                if (c == '"') {
                    inString = !inString;
                } else if (c == '\\' && inString && ++seen == before.length()) { // skips an escaped quote
                    throw new IllegalArgumentException(
                            "follows a backslash, which would escape its first character; write two backslashes");
                }
            }
        }

        private static boolean isJsonValue(String value) {
            try {
                return !RequestRenderer.JSON.readTree(value).isMissingNode();
            } catch (JsonProcessingException x) {
                return false;
            }
        }
    }
}
