package io.jenkins.plugins.armory.acceptance.driver;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;

/**
 * Calls back as external processes do: with a Bearer token, and without anything that a user of Jenkins has.
 *
 * @param uri {@code {{armory.callbackUri}}} as the webhook was told it
 * @param token what the external process proves itself with
 */
public record Callback(String uri, String token) {

    private static final int SERVER_ERROR = 500;

    /** The callback that the body of a webhook call asks for. */
    static Callback askedForBy(JsonNode body) {
        return new Callback(
                body.get("callbackUri").asText().replaceFirst("/callback$", ""),
                body.path("callbackToken").asText());
    }

    /** The same, for a call as it came over the wire. */
    public static Callback askedForBy(String request) {
        try {
            return askedForBy(Http.JSON.readTree(request.substring(request.indexOf("\r\n\r\n"))));
        } catch (JsonProcessingException x) {
            throw new AssertionError("Not JSON: " + request, x);
        }
    }

    /** The path of the request that calls back. */
    public String path() {
        return URI.create(uri).getPath() + "/callback";
    }

    /** The same approval with another token. */
    public Callback with(String otherToken) {
        return new Callback(uri, otherToken);
    }

    /** The same at another controller. */
    public Callback at(Controller controller) {
        return new Callback(controller.url() + "armory/approvals/" + id(), token);
    }

    /** The approval's id, the last part of the URI. */
    public String id() {
        return uri.substring(uri.lastIndexOf('/') + 1);
    }

    public Answer succeed(String mdMessage) {
        return send(body(true, mdMessage));
    }

    public Answer fail(String mdMessage) {
        return send(body(false, mdMessage));
    }

    public static String body(boolean success, String mdMessage) {
        return Http.JSON
                .createObjectNode()
                .put("success", success)
                .put("mdMessage", mdMessage)
                .toString();
    }

    public Answer send(String json) {
        return send("/callback", json);
    }

    /** @param path as for {@link #post} */
    public Answer send(String path, String json) {
        return Http.send(post(path, json).header("Authorization", "Bearer " + token));
    }

    /** @param path as for {@link #post} */
    public Answer sendWithoutToken(String path, String json) {
        return Http.send(post(path, json));
    }

    /**
     * Calls back as a careful external process does while the controller starts: again after a refused connection, and
     * after any 5xx. (Jenkins answers 503, but in the first moments its CSRF protection answers a POST request 500.)
     */
    public Answer succeedOnceUp(String mdMessage) {
        return Wait.until("an answer to a callback")
                .ignoreException(UncheckedIOException.class)
                .until(() -> succeed(mdMessage), answer -> answer.status() < SERVER_ERROR);
    }

    /** Asks what this callback would get. */
    public Answer rehearse() {
        return Http.send(Http.request(uri + "/test")
                .header("Authorization", "Bearer " + token)
                .POST(BodyPublishers.noBody()));
    }

    /**
     * A callback that is complete but for a token.
     *
     * @param path what follows the URI: nothing, or {@code /callback}
     */
    public HttpRequest.Builder post(String path, String json) {
        return Http.request(uri + path)
                .header("Content-Type", "application/json")
                .POST(BodyPublishers.ofString(json));
    }
}
