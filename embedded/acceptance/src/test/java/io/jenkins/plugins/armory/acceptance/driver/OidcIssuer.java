package io.jenkins.plugins.armory.acceptance.driver;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.regex.Pattern;

/** An outside issuer of JWTs as a process of the operating system. */
public final class OidcIssuer implements AutoCloseable {

    /** What its tokens are for, unless a test says otherwise. */
    public static final String AUDIENCE = "https://jenkins.example.com/";

    private static final Pattern UP = Pattern.compile("The issuer is up: (\\S+:(\\d+))");
    private static final AtomicInteger NUMBER = new AtomicInteger();

    private final JavaProcess process;
    private final String url;
    private int generation = 1;

    /** Starts it, and returns once it answers. */
    public OidcIssuer() {
        String classes = Path.of("target", "test-classes").toAbsolutePath().toString();
        process = new JavaProcess(
                JavaProcess.workFolder().resolve("issuer-" + NUMBER.incrementAndGet() + ".log"),
                Map.of(),
                List.of("-cp", classes, OidcIssuerProgram.class.getName(), "0"));
        url = process.awaitOutput(UP).group(1);
    }

    /** Its {@code iss}. */
    public String url() {
        return url;
    }

    /** How often its discovery document was fetched. */
    public int fetches() {
        return Integer.parseInt(ask("/fetches", ""));
    }

    /** Replaces all of its keys. */
    public void rotate() {
        ask("/rotate", "");
        generation++;
    }

    /** Lets whoever fetches its keys wait without end, from now on. */
    public void answerSlowly() {
        ask("/slow", "");
    }

    /** Its public RSA key as everybody can have it. */
    public byte[] publicKey() {
        return Base64.getDecoder().decode(ask("/public/rsa", ""));
    }

    /** The id of one of its keys: {@code rsa}, {@code ec} or {@code ed}. */
    public String keyId(String key) {
        return key + '-' + generation;
    }

    /** The claims of a token that is valid for the next five minutes. */
    public ObjectNode claims() {
        long now = Instant.now().getEpochSecond();
        return Http.JSON
                .createObjectNode()
                .put("iss", url)
                .put("aud", AUDIENCE)
                .put("sub", "repo:octo-org/octo-repo:ref:refs/heads/main")
                .put("repository", "octo-org/octo-repo")
                .put("iat", now)
                .put("nbf", now)
                .put("exp", now + 300);
    }

    /** A genuine token. */
    public String token() {
        return token(claims -> {});
    }

    /** A token that is signed as it should be, with other claims. */
    public String token(Consumer<ObjectNode> change) {
        ObjectNode claims = claims();
        change.accept(claims);
        return token("rsa", header("RS256", keyId("rsa")), claims);
    }

    public static ObjectNode header(String algorithm, String keyId) {
        return Http.JSON.createObjectNode().put("alg", algorithm).put("kid", keyId);
    }

    /** Whatever header and claims, signed with a key: {@code rsa}, {@code ec}, {@code ed}, or {@code stranger}, an RSA key that is not its own. */
    public String token(String key, ObjectNode header, ObjectNode claims) {
        String input = base64(header.toString()) + '.' + base64(claims.toString());
        return input + '.' + ask("/sign/" + key, input);
    }

    public static String base64(String text) {
        return Base64.getUrlEncoder().withoutPadding().encodeToString(text.getBytes(StandardCharsets.UTF_8));
    }

    /** Over a connection that is kept: one that is not, Java's own server sometimes closes before it has answered. */
    private String ask(String path, String body) {
        return Http.send(Http.keepingConnection(url + path).POST(BodyPublishers.ofString(body)))
                .body();
    }

    /** Ends it without any warning. */
    public void kill() {
        process.kill();
    }

    @Override
    public void close() {
        process.kill();
    }
}
