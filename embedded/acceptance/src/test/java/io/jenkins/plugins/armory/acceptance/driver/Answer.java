package io.jenkins.plugins.armory.acceptance.driver;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import java.net.http.HttpHeaders;
import java.util.Optional;

/** What came back for an HTTP request. */
public record Answer(int status, HttpHeaders headers, String body) {

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
