package io.jenkins.plugins.armory.part.oauth;

import com.fasterxml.jackson.databind.JsonNode;
import edu.umd.cs.findbugs.annotations.CheckForNull;
import io.jenkins.plugins.armory.callback.RefusedRequestException;
import io.jenkins.plugins.armory.callback.RequestBody;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.kohsuke.accmod.Restricted;
import org.kohsuke.accmod.restrictions.NoExternalUse;

/**
 * A request of a token (RFC 6749, section 4.4.2).
 *
 * @param method the HTTP method
 * @param query the query of the address, or {@code null} if it has none
 * @param authorization every {@code Authorization} header
 * @param body the body, not read yet
 */
@Restricted(NoExternalUse.class)
public record TokenRequest(String method, @CheckForNull String query, List<String> authorization, RequestBody body) {

    private static final Pattern FORM = Pattern.compile(
            "application/x-www-form-urlencoded *(; *charset *= *\"?(utf-8|us-ascii)\"? *)?", Pattern.CASE_INSENSITIVE);

    /**
     * Reads the parameters from a form or a JSON object. A parameter without a value counts as missing, and unknown
     * parameters are ignored (section 3.2). {@code audience} is one of them, and so is the field {@code data} into
     * which a slip in Armory's <i>External Automation</i> turns it.
     */
    Map<String, String> parameters() throws RefusedRequestException {
        String type = body.contentType();
        if (type != null && FORM.matcher(type.strip()).matches()) {
            return ofForm(body.readText());
        }
        if (body.isJson()) {
            return ofJson(body.readJson());
        }
        throw RefusedRequestException.invalid(
                "Send the header Content-Type: application/x-www-form-urlencoded with the parameters"
                        + " as a form, or application/json with a JSON object of them.");
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
