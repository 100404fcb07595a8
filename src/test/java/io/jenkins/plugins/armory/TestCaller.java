package io.jenkins.plugins.armory;

import java.io.IOException;
import java.net.URI;
import java.net.URL;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;

/** What an external process does: no session, no crumb, no login. */
public final class TestCaller {

    private final HttpClient client = HttpClient.newHttpClient();
    private final URL jenkins;

    public TestCaller(URL jenkins) {
        this.jenkins = jenkins;
    }

    /** Calls back to {@code approvals/ID/callback}. */
    public HttpResponse<String> post(String id, String token, String body) throws IOException, InterruptedException {
        return send(HttpRequest.newBuilder(URI.create(jenkins + "armory/approvals/" + id + "/callback"))
                .header("Authorization", "Bearer " + token)
                .header("Content-Type", "application/json")
                .POST(HttpRequest.BodyPublishers.ofString(body)));
    }

    /** Asks for a token with a form. */
    public HttpResponse<String> askForToken(String form) throws IOException, InterruptedException {
        return send(HttpRequest.newBuilder(URI.create(jenkins + "armory/oauth/token"))
                .header("Content-Type", "application/x-www-form-urlencoded")
                .POST(HttpRequest.BodyPublishers.ofString(form)));
    }

    /** Any other request below the root action, without anything that says who asks. */
    public HttpResponse<String> anonymous(String method, String path) throws IOException, InterruptedException {
        return send(HttpRequest.newBuilder(URI.create(jenkins + "armory/" + path))
                .method(method, HttpRequest.BodyPublishers.noBody()));
    }

    private HttpResponse<String> send(HttpRequest.Builder request) throws IOException, InterruptedException {
        return client.send(request.build(), HttpResponse.BodyHandlers.ofString());
    }
}
