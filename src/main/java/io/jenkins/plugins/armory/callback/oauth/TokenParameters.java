package io.jenkins.plugins.armory.callback.oauth;

import com.fasterxml.jackson.databind.JsonNode;
import edu.umd.cs.findbugs.annotations.CheckForNull;
import io.jenkins.plugins.armory.callback.RefusedRequestException;
import io.jenkins.plugins.armory.callback.RequestBody;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import java.util.regex.Pattern;

/**
 * The parameters of a token request (RFC 6749, section 4.4.2), from a form or a JSON object. Unknown parameters are ignored
 * (section 3.2). {@code audience} is one of them, and so is the field {@code data} into which a slip in Armory's <i>External
 * Automation</i> turns it.
 */
final class TokenParameters {

    private static final Pattern FORM = Pattern.compile(
            "application/x-www-form-urlencoded *(; *charset *= *\"?(utf-8|us-ascii)\"? *)?", Pattern.CASE_INSENSITIVE);

    private final Map<String, String> values;

    private TokenParameters(Map<String, String> values) {
        this.values = values;
    }

    /** Returns the value of a parameter, or {@code null}. A parameter without a value counts as missing (section 3.2). */
    @CheckForNull
    String get(String name) {
        return values.get(name);
    }

    static TokenParameters of(TokenRequest request) throws RefusedRequestException {
        RequestBody body = request.body();
        if (isForm(body.contentType())) {
            return new TokenParameters(ofForm(body.readText()));
        }
        if (body.isJson()) {
            return new TokenParameters(ofJson(body.readJson()));
        }
        throw RefusedRequestException.invalid(
                "Send the header Content-Type: application/x-www-form-urlencoded with the parameters"
                        + " as a form, or application/json with a JSON object of them.");
    }

    private static boolean isForm(@CheckForNull String contentType) {
        return contentType != null && FORM.matcher(contentType.strip()).matches();
    }

    private static Map<String, String> ofForm(String body) throws RefusedRequestException {
        var values = new HashMap<String, String>();
        for (String pair : body.split("&")) {
            int equals = pair.indexOf('=');
            String name = decode(equals < 0 ? pair : pair.substring(0, equals));
            String value = equals < 0 ? "" : decode(pair.substring(equals + 1));
            // A parameter must not appear twice, and an empty one counts as missing (section 3.2).
            if (!value.isEmpty() && values.put(name, value) != null) {
                throw RefusedRequestException.invalid("The parameter " + name + " is there twice; send it once.");
            }
        }
        return values;
    }

    private static String decode(String text) throws RefusedRequestException {
        try {
            return URLDecoder.decode(text, StandardCharsets.UTF_8);
        } catch (IllegalArgumentException x) {
            throw RefusedRequestException.invalid(
                    "The body is not application/x-www-form-urlencoded: a % is followed by something else"
                            + " than two hexadecimal digits.");
        }
    }

    private static Map<String, String> ofJson(JsonNode json) throws RefusedRequestException {
        if (!json.isObject()) {
            throw RefusedRequestException.invalid(
                    "The body must be a JSON object with grant_type, client_id and client_secret.");
        }
        var values = new HashMap<String, String>();
        json.properties().forEach(entry -> {
            if (entry.getValue().isTextual() && !entry.getValue().textValue().isEmpty()) {
                values.put(entry.getKey(), entry.getValue().textValue());
            }
        });
        return values;
    }
}
