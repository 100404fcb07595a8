package io.jenkins.plugins.armory.callback.oauth;

import com.fasterxml.jackson.databind.JsonNode;
import edu.umd.cs.findbugs.annotations.CheckForNull;
import io.jenkins.plugins.armory.callback.CallbackBody;
import io.jenkins.plugins.armory.callback.RequestBody;
import io.jenkins.plugins.armory.callback.RequestBody.Refused;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import java.util.regex.Pattern;

/**
 * The parameters of a token request (RFC 6749, section 4.4.2), of a form or of a JSON object. Unknown ones are ignored, as
 * section 3.2 asks: {@code audience} is, and so is the field {@code data} that Armory's <i>External Automation</i> makes
 * of it by a slip.
 */
final class TokenParameters {

    private static final Pattern FORM = Pattern.compile(
            "application/x-www-form-urlencoded *(; *charset *= *\"?(utf-8|us-ascii)\"? *)?", Pattern.CASE_INSENSITIVE);

    private final Map<String, String> values;

    private TokenParameters(Map<String, String> values) {
        this.values = values;
    }

    /** The value of a parameter; one without a value is as if it were not there (section 3.2). */
    @CheckForNull
    String get(String name) {
        return values.get(name);
    }

    static TokenParameters of(TokenRequest request) throws Refused {
        String type = request.contentType();
        boolean form = type != null && FORM.matcher(type.strip()).matches();
        if (!form && !CallbackBody.isJson(type)) {
            throw RequestBody.invalid(
                    "Send the header Content-Type: application/x-www-form-urlencoded with the parameters"
                            + " as a form, or application/json with a JSON object of them.");
        }
        byte[] body = RequestBody.read(request.body(), request.contentLength());
        return new TokenParameters(form ? ofForm(RequestBody.text(body)) : ofJson(RequestBody.json(body)));
    }

    private static Map<String, String> ofForm(String body) throws Refused {
        Map<String, String> values = new HashMap<>();
        for (String pair : body.split("&")) {
            int equals = pair.indexOf('=');
            String name = decode(equals < 0 ? pair : pair.substring(0, equals));
            String value = equals < 0 ? "" : decode(pair.substring(equals + 1));
            // A parameter must not come twice, and one that is empty counts as missing (section 3.2).
            if (!value.isEmpty() && values.put(name, value) != null) {
                throw RequestBody.invalid("The parameter " + name + " is there twice; send it once.");
            }
        }
        return values;
    }

    private static String decode(String text) throws Refused {
        try {
            return URLDecoder.decode(text, StandardCharsets.UTF_8);
        } catch (IllegalArgumentException x) {
            throw RequestBody.invalid(
                    "The body is not application/x-www-form-urlencoded: a % is followed by something else"
                            + " than two hexadecimal digits.");
        }
    }

    private static Map<String, String> ofJson(JsonNode json) throws Refused {
        if (!json.isObject()) {
            throw RequestBody.invalid("The body must be a JSON object with grant_type, client_id and client_secret.");
        }
        Map<String, String> values = new HashMap<>();
        json.properties().forEach(entry -> {
            if (entry.getValue().isTextual() && !entry.getValue().textValue().isEmpty()) {
                values.put(entry.getKey(), entry.getValue().textValue());
            }
        });
        return values;
    }
}
