package io.jenkins.plugins.armory.acceptance.driver;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.time.Duration;

/**
 * The HTTP client of the drivers. It follows no redirect: where an answer points to is part of the answer. Every
 * request has a connection of its own: a server may close one that is kept just when the next request is on its way.
 */
public final class Http {

    static {
        // Read once, when the first request or client is made.
        System.setProperty("jdk.httpclient.allowRestrictedHeaders", "connection");
    }

    static final ObjectMapper JSON = new ObjectMapper();

    private static final Duration TIMEOUT = Duration.ofMinutes(1);
    private static final HttpClient CLIENT = HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .connectTimeout(TIMEOUT)
            .build();

    private Http() {}

    /** A request to be completed; every request of the suite starts here. */
    public static HttpRequest.Builder request(String url) {
        return keepingConnection(url).header("Connection", "close");
    }

    /** Likewise, over a connection that may be used again. */
    static HttpRequest.Builder keepingConnection(String url) {
        return HttpRequest.newBuilder(URI.create(url));
    }

    /** Saves what is at an address that anybody may read. */
    static void download(String url, Path file) {
        try {
            CLIENT.send(request(url).timeout(TIMEOUT).build(), BodyHandlers.ofFile(file));
        } catch (IOException x) {
            throw new UncheckedIOException(x);
        } catch (InterruptedException x) {
            Thread.currentThread().interrupt();
            throw new AssertionError("Interrupted", x);
        }
    }

    /** Sends a request; a connection that fails is an {@link UncheckedIOException}. */
    public static Answer send(HttpRequest.Builder request) {
        try {
            HttpResponse<String> response = CLIENT.send(request.timeout(TIMEOUT).build(), BodyHandlers.ofString());
            return new Answer(response.statusCode(), response.headers(), response.body());
        } catch (IOException x) {
            throw new UncheckedIOException(x);
        } catch (InterruptedException x) {
            Thread.currentThread().interrupt();
            throw new AssertionError("Interrupted", x);
        }
    }
}
