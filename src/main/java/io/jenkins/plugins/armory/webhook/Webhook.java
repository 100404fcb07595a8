package io.jenkins.plugins.armory.webhook;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/**
 * The definition of an outgoing call, with the fields of Armory's {@code webhooks} section. Immutable. A class and not a
 * record because it is kept in a build's {@code program.dat}, and JBoss Marshalling does not restore records.
 */
public final class Webhook implements Serializable {

    private static final long serialVersionUID = 1L;
    /** The methods that a webhook may be called with. */
    public static final List<String> METHODS = List.of("POST", "GET", "HEAD", "PUT", "PATCH", "DELETE", "OPTIONS");

    private static final Set<String> METHODS_WITHOUT_BODY = Set.of("GET", "HEAD");
    private static final String HEADER_NAME = "[!#$%&'*+.^_`|~0-9A-Za-z-]+"; // RFC 9110, section 5.6.2

    private final String name;
    private final String method;
    private final String uriTemplate;
    private final ArrayList<Header> headers;

    @CheckForNull
    private final String body;

    /** A header of the call. */
    public static final class Header implements Serializable {

        private static final long serialVersionUID = 1L;

        private final String key;
        private final String value;

        /**
         * @param key the name, not a template
         * @param value template of the value
         * @throws IllegalArgumentException when {@code key} is not the name of a header
         */
        public Header(String key, String value) {
            if (key == null || !key.matches(HEADER_NAME)) {
                throw new IllegalArgumentException("headers: \"" + key + "\" is not the name of an HTTP header; write"
                        + " headers: [[key: 'Authorization', value: '...']]");
            }
            this.key = key;
            this.value = value == null ? "" : value;
        }

        public String key() {
            return key;
        }

        public String value() {
            return value;
        }
    }

    /**
     * @param name for people; no rule but that it is not blank
     * @param method HTTP method
     * @param uriTemplate template of the address
     * @param headers templates of header values
     * @param body template of the body ({@code bodyTemplate.inline}), {@code null} for {@link WebhookRequest}'s default
     * @throws IllegalArgumentException naming the field and what to put there
     */
    public Webhook(
            String name, String method, String uriTemplate, List<Header> headers, @CheckForNull String body) {
        if (name == null || name.isBlank()) {
            throw new IllegalArgumentException("name: must not be blank; it is what people will know the webhook by");
        }
        if (uriTemplate == null || uriTemplate.isBlank()) {
            throw new IllegalArgumentException(
                    "uriTemplate: is missing; put the address to call there, such as https://ci.example.com/start");
        }
        this.name = name;
        this.method = method.toUpperCase(Locale.ROOT);
        this.uriTemplate = uriTemplate.strip();
        this.headers = new ArrayList<>(headers);
        this.body = body;
        if (!METHODS.contains(this.method)) {
            throw new IllegalArgumentException("method: \"" + method + "\" is not one of " + String.join(", ", METHODS));
        }
        if (body != null && !mayHaveBody()) {
            throw new IllegalArgumentException("bodyTemplate: a " + method + " request has no body; leave it out, or"
                    + " use POST");
        }
    }

    public String name() {
        return name;
    }

    String method() {
        return method;
    }

    String uriTemplate() {
        return uriTemplate;
    }

    List<Header> headers() {
        return Collections.unmodifiableList(headers);
    }

    @CheckForNull
    String body() {
        return body;
    }

    boolean mayHaveBody() {
        return !METHODS_WITHOUT_BODY.contains(method);
    }

    /** Whether a variable stands anywhere in the templates. */
    public boolean mentions(String variable) {
        String inBraces = "{{" + variable + "}}";
        return contains(uriTemplate, inBraces)
                || contains(body, inBraces)
                || headers.stream().anyMatch(header -> contains(header.value(), inBraces));
    }

    private static boolean contains(@CheckForNull String template, String inBraces) {
        return template != null && template.replaceAll("\\{\\{\\s+", "{{").replaceAll("\\s+}}", "}}").contains(inBraces);
    }
}
