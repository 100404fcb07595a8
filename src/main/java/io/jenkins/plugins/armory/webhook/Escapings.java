package io.jenkins.plugins.armory.webhook;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.io.JsonStringEncoder;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.Locale;

/**
 * How values are written for where they stand, so that none can be taken for more than a value: it ends no string, no path
 * segment and no line, and begins no field.
 */
final class Escapings {

    private Escapings() {}

    /**
     * In a URI: as a component, but for a variable that starts it, since that is an address.
     *
     * @see #component
     */
    static Template.Escaping uri() {
        return (value, before) -> before.isEmpty() ? value : component(value);
    }

    /** The value of a header: as it is. What a header cannot hold is an error, since there is no escaping for it. */
    static Template.Escaping header() {
        return (value, before) -> {
            if (!isFieldContent(value)) {
                throw new IllegalArgumentException(
                        "has a line break or another character that a header cannot hold; encode it where it comes from");
            }
            return value;
        };
    }

    /** Whether a header may have that in its value: visible ASCII, spaces and tabs (RFC 9110, section 5.5). */
    private static boolean isFieldContent(String value) {
        return value.chars().allMatch(c -> c == '\t' || c >= 0x20 && c < 0x7f);
    }

    /** A body of that media type: JSON, forms and XML have their own escaping, all other bodies none. */
    static Template.Escaping body(String mediaType) {
        if (isJson(mediaType)) {
            return new Json();
        }
        if (mediaType.equals("application/x-www-form-urlencoded")) {
            return (value, before) -> component(value);
        }
        if (mediaType.equals("application/xml") || mediaType.equals("text/xml") || mediaType.endsWith("+xml")) {
            return (value, before) -> xml(value);
        }
        return (value, before) -> value;
    }

    /** The media type of a {@code Content-Type}, without its parameters. */
    static String mediaType(String contentType) {
        return contentType.split(";", 2)[0].strip().toLowerCase(Locale.ROOT);
    }

    static boolean isJson(String mediaType) {
        return mediaType.equals("application/json") || mediaType.endsWith("+json");
    }

    /** Percent-encodes all but unreserved characters (RFC 3986, section 2.3). */
    static String component(String value) {
        return URLEncoder.encode(value, StandardCharsets.UTF_8)
                .replace("+", "%20")
                .replace("*", "%2A")
                .replace("%7E", "~");
    }

    /** The inside of a JSON string. */
    static String json(String value) {
        return new String(JsonStringEncoder.getInstance().quoteAsString(value));
    }

    private static String xml(String value) {
        return value.replace("&", "&amp;")
                .replace("<", "&lt;")
                .replace(">", "&gt;")
                .replace("\"", "&quot;")
                .replace("'", "&apos;");
    }

    /**
     * In a JSON string, as its inside. Elsewhere in JSON a value has to be one JSON value, so that numbers, and whole
     * objects, can be handed through while nothing can be put beside them.
     */
    private static final class Json implements Template.Escaping {

        private int seen;
        private boolean inString;

        @Override
        public String escape(String value, CharSequence before) {
            for (; seen < before.length(); seen++) {
                char c = before.charAt(seen);
                if (c == '"') {
                    inString = !inString;
                } else if (c == '\\' && inString) {
                    seen++; // what is escaped ends no string
                }
            }
            if (inString) {
                return json(value);
            }
            try {
                if (!WebhookRequest.Json.MAPPER.readTree(value).isMissingNode()) {
                    return value;
                }
            } catch (JsonProcessingException x) {
                // as below
            }
            throw new IllegalArgumentException(
                    "stands outside of a JSON string, and its value is not JSON; put it between quotes");
        }
    }
}
