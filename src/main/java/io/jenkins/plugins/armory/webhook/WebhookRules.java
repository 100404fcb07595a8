package io.jenkins.plugins.armory.webhook;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import io.jenkins.plugins.armory.webhook.text.Bound;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import org.kohsuke.accmod.Restricted;
import org.kohsuke.accmod.restrictions.NoExternalUse;

/** The rules for the fields of a {@link Webhook}. Each check throws an {@link InvalidWebhookException}. */
@Restricted(NoExternalUse.class)
public final class WebhookRules {

    public static final List<String> METHODS = List.of("POST", "GET", "HEAD", "PUT", "PATCH", "DELETE", "OPTIONS");

    /** Headers that the HTTP client sets itself, or that would lead the request to another host. */
    private static final Set<String> RESERVED_HEADERS = Set.of(
            "connection",
            "content-length",
            "expect",
            "host",
            "keep-alive",
            "proxy-authorization",
            "proxy-connection",
            "te",
            "trailer",
            "transfer-encoding",
            "upgrade");

    /** A value of the answer before the path, also behind a variable that may be the whole host. */
    private static final Pattern ANSWER_IN_HOST =
            Pattern.compile("(?is)(https?://[^/?#]*|\\{\\{[^/?#]*|)\\{\\{\\s*answer\\..*");

    private static final Pattern UNPRINTABLE = Pattern.compile("[\\p{IsControl}\\u2028\\u2029]");

    /** The headers of a signed request (Standard Webhooks 1.0.0). */
    private static final Set<String> SIGNING_HEADERS = Set.of("webhook-id", "webhook-timestamp", "webhook-signature");

    private WebhookRules() {}

    static void checkName(@CheckForNull String name) {
        if (name == null || name.isBlank()) {
            throw new InvalidWebhookException("name", "must not be blank; it is what people will know the webhook by");
        }
        checkLine("name", name);
    }

    static void check(String field, Bound bound, @CheckForNull String text) {
        reject(field, bound.problemOf(text));
    }

    static void checkEach(String field, List<String> values) {
        reject(field, Bound.LIST.problemOf(values.size()));
        values.forEach(value -> check(field, Bound.LINE, value));
    }

    private static void reject(String field, @CheckForNull String problem) {
        if (problem != null) {
            throw new InvalidWebhookException(field, problem);
        }
    }

    /** Checks a text that messages show: it is one line, so that no part of it looks like a line of Jenkins. */
    private static void checkLine(String field, @CheckForNull String text) {
        check(field, Bound.LINE, text);
        if (text != null && UNPRINTABLE.matcher(text).find()) {
            throw new InvalidWebhookException(field, "has a line break or a control character; take it out");
        }
    }

    static void checkUriTemplate(@CheckForNull String uriTemplate) {
        if (uriTemplate == null || uriTemplate.isBlank()) {
            throw new InvalidWebhookException(
                    "uriTemplate", "is missing; put the address to call there, such as https://ci.example.com/start");
        }
        check("uriTemplate", Bound.TEXT, uriTemplate);
        Template.check("uriTemplate", uriTemplate);
        if (ANSWER_IN_HOST.matcher(uriTemplate.strip()).matches()) {
            throw new InvalidWebhookException(
                    "uriTemplate",
                    "has {{answer.NAME}} in its host, so that the answer would choose who gets this call and its secrets; write"
                            + " the host, or use {{armory.answerLocation}}");
        }
        String start = uriTemplate.strip().toLowerCase(Locale.ROOT);
        if (!start.startsWith("http://") && !start.startsWith("https://") && !start.startsWith("{{")) {
            throw new InvalidWebhookException("uriTemplate", "must start with http:// or https://, or with a variable");
        }
    }

    static void checkMethod(String method) {
        if (!METHODS.contains(normalMethod(method))) {
            throw new InvalidWebhookException(
                    "method", "\"" + method + "\" is not one of " + String.join(", ", METHODS));
        }
    }

    static void checkHeader(@CheckForNull String key, String value) {
        if (key == null || !key.matches("[!#$%&'*+.^_`|~0-9A-Za-z-]+")) { // RFC 9110, section 5.6.2
            throw new InvalidWebhookException(
                    "headers",
                    "\"" + key + "\" is not the name of an HTTP header; write"
                            + " headers: [[key: 'Authorization', value: '...']]");
        }
        if (RESERVED_HEADERS.contains(key.toLowerCase(Locale.ROOT))) {
            throw new InvalidWebhookException("headers", key + " is set by Jenkins; leave it out");
        }
        check("headers", Bound.TEXT, value);
        Template.check("headers", value);
    }

    /** Checks the length of all headers: with aliases, a YAML file can repeat a long value in many of them. */
    static void checkHeaders(List<Webhook.Header> headers) {
        long length = headers.stream()
                .mapToLong(header -> header.key().length() + header.value().length())
                .sum();
        reject("headers", Bound.TEXT.problemOf(length));
    }

    static void checkBody(String method, @CheckForNull String body) {
        if (body == null) {
            return;
        }
        check("bodyTemplate", Bound.TEXT, body);
        Template.check("bodyTemplate", body);
        if (!mayHaveBody(method)) {
            throw new InvalidWebhookException(
                    "bodyTemplate", "a " + method + " request has no body; leave it out, or use POST");
        }
    }

    static void checkSigned(List<Webhook.Header> headers, CallCredentials credentials) {
        if (credentials.signWith() == null) {
            return;
        }
        for (Webhook.Header header : headers) {
            if (SIGNING_HEADERS.contains(header.key().toLowerCase(Locale.ROOT))) {
                throw new InvalidWebhookException(
                        "headers", header.key() + " is set by signWith; leave out the header or signWith");
            }
        }
    }

    static void checkAgent(NetworkMode networkMode, @CheckForNull String agentIdentifier) {
        checkLine("agentIdentifier", agentIdentifier);
        if (agentIdentifier != null && networkMode != NetworkMode.REMOTE_NETWORK_AGENT) {
            throw new InvalidWebhookException(
                    "agentIdentifier",
                    "goes with networkMode " + NetworkMode.REMOTE_NETWORK_AGENT + " alone; set that, or leave it out");
        }
    }

    /** Checks the keys and values of a context, and how many they are. */
    public static void checkContext(Map<String, String> context) {
        context.forEach((key, value) -> reject("context", problemOfContext(key, value)));
        reject("context", Bound.LIST.problemOf(context.size()));
        reject("context", Bound.TEXT.problemOf(Webhook.lengthOf(context)));
    }

    /**
     * Returns why an entry of a context cannot be one, {@code null} if it can: a template has to name it, as {@code
     * {{context.KEY}}}.
     */
    @CheckForNull
    public static String problemOfContext(@CheckForNull String key, @CheckForNull String value) {
        String ofKey = Bound.LINE.problemOf(key);
        if (ofKey != null) {
            return "a key " + ofKey;
        }
        if (key == null || !Template.isName(key)) { // as code, an entry may have none
            return "\"" + key + "\" cannot be named in a template; use letters, digits, '.', '-' and '_' in keys";
        }
        String ofValue = Bound.TEXT.problemOf(value);
        return ofValue == null ? null : "the value of \"" + key + "\" " + ofValue;
    }

    /** @param variables those that the templates of the webhook use */
    static void checkAnswer(
            @CheckForNull AnswerRule answer, @CheckForNull StatusCheck status, String method, Set<String> variables) {
        if (answer == null) {
            return;
        }
        if (status != null) {
            throw new InvalidWebhookException(
                    "status",
                    "the answer decides at once, so there is nothing to ask for later; leave out answer or status");
        }
        if (answer.needsBody() && method.equals("HEAD")) {
            throw new InvalidWebhookException(
                    "answer", "pointer: the answer to a HEAD request has no body; use GET, or leave out pointer");
        }
        for (String variable : List.of(Variables.CALLBACK_URI, Variables.CALLBACK_TOKEN)) {
            if (variables.contains(variable)) {
                throw new InvalidWebhookException(
                        "answer",
                        "decides by itself, so that no callback is awaited; leave out {{" + variable
                                + "}}, or have a callback decide");
            }
        }
    }

    static boolean mayHaveBody(String method) {
        return !Set.of("GET", "HEAD").contains(normalMethod(method));
    }

    /** Returns a method without the spaces around it, in capitals. */
    static String normalMethod(String method) {
        return method.strip().toUpperCase(Locale.ROOT);
    }
}
