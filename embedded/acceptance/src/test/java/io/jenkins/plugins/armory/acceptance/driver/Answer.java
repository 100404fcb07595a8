package io.jenkins.plugins.armory.acceptance.driver;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import java.io.UncheckedIOException;
import java.net.http.HttpHeaders;
import java.util.Optional;
import java.util.function.Supplier;

/** What came back for an HTTP request. */
public record Answer(int status, HttpHeaders headers, String body) {

    private static final int UNAUTHORIZED = 401;
    private static final int FORBIDDEN = 403;
    private static final int SERVER_ERROR = 500;

    /**
     * Sends a request until it is answered: again where the connection fails, and after any answer that is not final.
     */
    public static Answer patiently(Supplier<Answer> request) {
        return Wait.until("an answer that is final")
                .ignoreException(UncheckedIOException.class)
                .until(request::get, Answer::isFinal);
    }

    /**
     * A Jenkins that starts asks everybody for a crumb until it looks who they are, also those with a token; and until
     * it has run the script that gives this suite its token, it does not know that.
     */
    private boolean isFinal() {
        boolean early = status == UNAUTHORIZED && body.contains("HTTP ERROR 401")
                || status == FORBIDDEN && body.contains("No valid crumb");
        return status < SERVER_ERROR && !early;
    }

    /** Fails the test, with the body in the message, unless the status is the one that is expected. */
    public Answer expect(int expected) {
        assertThat(status).as(body).isEqualTo(expected);
        return this;
    }

    public Optional<String> header(String name) {
        return headers.firstValue(name);
    }

    /** The body as JSON; anything else fails the test, with the body in the message. */
    public JsonNode json() {
        try {
            return Http.JSON.readTree(body);
        } catch (JsonProcessingException x) {
            throw new AssertionError("Not JSON: " + this, x);
        }
    }

    @Override
    public String toString() {
        return status + " " + body;
    }
}
