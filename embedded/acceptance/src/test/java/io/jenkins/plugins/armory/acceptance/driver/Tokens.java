package io.jenkins.plugins.armory.acceptance.driver;

import java.net.URLEncoder;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** Asks for tokens as a client of {@code oauth/token}. */
public final class Tokens {

    public static final String GRANT = "grant_type=client_credentials";

    private Tokens() {}

    public static Answer ask(Jenkins jenkins, String body, String... authorization) {
        var request = Http.request(jenkins.controller().url() + "armory/oauth/token")
                .header("Content-Type", "application/x-www-form-urlencoded")
                .POST(BodyPublishers.ofString(body));
        List.of(authorization).forEach(value -> request.header("Authorization", value));
        return Http.send(request);
    }

    public static Answer ask(Jenkins jenkins, String client, String secret) {
        return ask(
                jenkins,
                GRANT + "&client_id=" + client + "&client_secret=" + URLEncoder.encode(secret, StandardCharsets.UTF_8),
                new String[0]);
    }

    public static String of(Jenkins jenkins, String client, String secret) {
        Answer answer = ask(jenkins, client, secret);
        answer.expect(200);
        return answer.json().get("access_token").textValue();
    }
}
