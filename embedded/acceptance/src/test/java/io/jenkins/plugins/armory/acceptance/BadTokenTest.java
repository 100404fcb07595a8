package io.jenkins.plugins.armory.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.jenkins.plugins.armory.acceptance.driver.Answer;
import io.jenkins.plugins.armory.acceptance.driver.Build;
import io.jenkins.plugins.armory.acceptance.driver.Callback;
import io.jenkins.plugins.armory.acceptance.driver.Controller;
import io.jenkins.plugins.armory.acceptance.driver.ExternalProcess;
import io.jenkins.plugins.armory.acceptance.driver.Http;
import io.jenkins.plugins.armory.acceptance.driver.Jenkins;
import io.jenkins.plugins.armory.acceptance.driver.OidcIssuer;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.function.Consumer;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.junit.jupiter.api.Test;

/**
 * Tokens that are wrong in one way each. None of them decides; each gets the status that it should, the same words whatever
 * is wrong with it, and its reason where those can see it who may see the approval.
 */
class BadTokenTest {

    private static final String NO_TOKEN_OF_OURS = "unknown token: ";
    private static final String BEARER = "Authorization: Bearer ";
    private static final String OTHER_HEADER = "X-Armory-Callback-Token: ";
    private static final String NOT_VALID =
            "The token is not valid here: use the approval's own ({{armory.callbackToken}})";

    /** What is wrong, the headers that show it, and what comes of it. */
    private record Bad(String what, List<String> headers, int status, String reason) {}

    private final List<Bad> tokens = new ArrayList<>();
    private OidcIssuer issuer;
    private String own;
    private String issued;

    private void add(String what, String token, String reason) {
        add(what, 401, reason, BEARER + token);
    }

    private void add(String what, int status, String reason, String... headers) {
        tokens.add(new Bad(what, List.of(headers), status, reason));
    }

    /** Signed as it should be, with other claims. */
    private void addClaims(String what, Consumer<ObjectNode> change, String reason) {
        add(what, issuer.token(change), reason);
    }

    /** Genuine claims, with another header, signed with some key. */
    private void addHeader(String what, String key, String algorithm, Consumer<ObjectNode> change, String reason) {
        ObjectNode header = OidcIssuer.header(algorithm, issuer.keyId(key.equals("stranger") ? "rsa" : key));
        change.accept(header);
        add(what, issuer.token(key, header, issuer.claims()), reason);
    }

    @Test
    void noBadTokenDecidesAndEachIsToldWhy() {
        issuer = new OidcIssuer();
        try (OidcIssuer closed = issuer;
                ExternalProcess process = new ExternalProcess();
                Controller controller = Controller.create(Settings.withIssuers(closed))) {
            controller.start();
            Jenkins jenkins = new Jenkins(controller);
            Build build = jenkins.createJob(process.approval()).build().awaitWaiting(1);
            Callback callback = process.awaitCall().callback();
            Build other = jenkins.createJob(process.approval()).build().awaitWaiting(1);
            own = callback.token();
            issued = TokenEndpointContractTest.token(jenkins, Settings.CLIENT_ID);
            assertThat(callback.with(issuer.token()).rehearse())
                    .as("a good one")
                    .returns(200, Answer::status);
            assertThat(callback.with(issued).rehearse()).as("a good one").returns(200, Answer::status);

            addOfTheIssuer();
            addOfJenkins(jenkins, process.awaitCall().callback());
            addOfTheHeaders();

            assertThat(tokens).hasSizeGreaterThanOrEqualTo(60);
            tokens.forEach(bad -> assertIsRefused(jenkins, callback, bad));
            // More than 8 KiB of headers do not get past the container (RFC 6585, section 5).
            assertThat(callback.with(own + "A".repeat(10_000)).succeed("huge")).returns(431, Answer::status);
            build.awaitWaiting(1);
            other.awaitWaiting(1);
            assertThat(callback.with(issued).succeed("after all that")).returns(200, Answer::status);
            build.awaitResult("SUCCESS");
        }
    }

    private void addOfTheIssuer() {
        String good = issuer.token();
        String[] parts = good.split("\\.");
        String claims = parts[1];
        String badSignature = "bad signature";
        add("alg none", OidcIssuer.base64("{\"alg\":\"none\"}") + '.' + claims + '.', "it is not signed (alg none)");
        add(
                "alg none, of the type JWT",
                OidcIssuer.base64("{\"typ\":\"JWT\",\"alg\":\"none\"}") + '.' + claims + '.',
                "it is not signed");
        add(
                "alg none with a signature",
                OidcIssuer.base64("{\"alg\":\"none\"}") + '.' + claims + '.' + parts[2],
                NO_TOKEN_OF_OURS);
        add(
                "alg NONE",
                OidcIssuer.base64("{\"alg\":\"NONE\"}") + '.' + claims + '.' + parts[2],
                "signed with NONE instead of");
        add("no alg", OidcIssuer.base64("{\"typ\":\"JWT\"}") + '.' + claims + '.' + parts[2], NO_TOKEN_OF_OURS);
        add("alg that is no text", OidcIssuer.base64("{\"alg\":1}") + '.' + claims + '.' + parts[2], NO_TOKEN_OF_OURS);
        add(
                "HS256 with the public key",
                mac(issuer.publicKey(), claims),
                "signed with HS256 instead of RS256, ES256 or EdDSA");
        add("HS256 with the public key in PEM", mac(pem(issuer.publicKey()), claims), "signed with HS256 instead of");
        add("HS256 with nothing", mac(new byte[32], claims), "signed with HS256 instead of");
        addHeader("HS512", "rsa", "HS512", header -> {}, "signed with HS512");
        addHeader("RS384", "rsa", "RS384", header -> {}, "signed with RS384");
        addHeader("RS512", "rsa", "RS512", header -> {}, "signed with RS512");
        addHeader("PS256", "rsa", "PS256", header -> {}, "signed with PS256");
        addHeader("ES384", "ec", "ES384", header -> {}, "signed with ES384");
        addHeader("ES256K", "ec", "ES256K", header -> {}, "signed with ES256K");
        addHeader("ES256 by the RSA key", "rsa", "ES256", header -> {}, "the issuer has no key rsa-1 for ES256");
        addHeader("EdDSA by the EC key", "ec", "EdDSA", header -> {}, "the issuer has no key ec-1 for EdDSA");
        addHeader("key of a stranger", "stranger", "RS256", header -> {}, badSignature);
        addHeader("key of a stranger, without kid", "stranger", "RS256", header -> header.remove("kid"), badSignature);
        addHeader("unknown kid", "rsa", "RS256", header -> header.put("kid", "other"), "the issuer has no key other");
        addHeader(
                "kid with a path",
                "rsa",
                "RS256",
                header -> header.put("kid", "../../dev/null"),
                "the issuer has no key ../../dev/null");
        addHeader(
                "kid with SQL",
                "rsa",
                "RS256",
                header -> header.put("kid", "' UNION SELECT 'x"),
                "the issuer has no key ' UNION");
        addHeader(
                "kid with a command",
                "rsa",
                "RS256",
                header -> header.put("kid", "|/bin/sh"),
                "the issuer has no key |/bin/sh");
        addHeader("empty kid", "rsa", "RS256", header -> header.put("kid", ""), "the issuer has no key ");
        addHeader(
                "kid of the other key",
                "rsa",
                "RS256",
                header -> header.put("kid", issuer.keyId("ec")),
                "the issuer has no key ec-1");
        addHeader(
                "jku",
                "stranger",
                "RS256",
                header -> header.put("jku", "http://127.0.0.1:1/jwks").put("kid", "evil"),
                "the issuer has no key evil");
        addHeader("x5u", "stranger", "RS256", header -> header.put("x5u", "http://127.0.0.1:1/x5"), badSignature);
        addHeader("jwk", "stranger", "RS256", header -> header.set("jwk", jwk()), badSignature);
        addHeader(
                "crit",
                "rsa",
                "RS256",
                header -> header.put("x", 1).putArray("crit").add("x"),
                badSignature);
        addHeader(
                "type of something else",
                "rsa",
                "RS256",
                header -> header.put("typ", "logout+jwt"),
                "it is no JWT (typ logout+jwt)");
        addClaims(
                "wrong issuer",
                each -> each.put("iss", "https://evil.example.com"),
                "wrong issuer: https://evil.example.com");
        addClaims("issuer with a slash more", each -> each.put("iss", issuer.url() + "/"), "wrong issuer: ");
        addClaims("no issuer", each -> each.remove("iss"), "wrong issuer: none");
        addClaims(
                "issuer of Armory",
                each -> each.put("iss", "https://auth.cloud.armory.io/"),
                "wrong issuer: https://auth.cloud");
        addClaims(
                "wrong audience",
                each -> each.put("aud", "https://other.example.com"),
                "wrong audience: https://other.example.com instead of " + OidcIssuer.AUDIENCE);
        addClaims(
                "audience without its slash",
                each -> each.put("aud", "https://jenkins.example.com"),
                "wrong audience: ");
        addClaims("no audience", each -> each.remove("aud"), "wrong audience: none");
        addClaims(
                "several wrong audiences", each -> each.putArray("aud").add("a").add("b"), "wrong audience: a, b");
        addClaims("expired", each -> each.put("exp", each.get("iat").asLong() - 185), "expired 3 min ago");
        addClaims("expired in 1970", each -> each.put("exp", 1), "expired ");
        addClaims("no expiry", each -> each.remove("exp"), "it has no expiry (exp)");
        addClaims("expiry that is no number", each -> each.put("exp", "never"), NO_TOKEN_OF_OURS);
        addClaims(
                "not yet valid",
                each -> each.put("nbf", each.get("iat").asLong() + 3700),
                "not valid before 61 min from now (nbf)");
        addClaims(
                "issued in the future",
                each -> each.put("iat", each.get("iat").asLong() + 3700),
                "issued 61 min from now (iat)");
        addClaims(
                "repository missing", each -> each.remove("repository"), "claim repository is not octo-org/octo-repo");
        addClaims(
                "repository of somebody else",
                each -> each.put("repository", "evil/octo-repo"),
                "claim repository is not");
        addClaims(
                "repository in an object",
                each -> each.putObject("repository").put("name", "octo-org/octo-repo"),
                "claim repository is not");
        add(
                "claims changed",
                parts[0]
                        + '.'
                        + OidcIssuer.base64(issuer.claims().put("sub", "root").toString())
                        + '.'
                        + parts[2],
                badSignature);
        add("signature cut short", good.substring(0, good.length() - 20), badSignature);
        add("no signature", parts[0] + '.' + claims + '.', NO_TOKEN_OF_OURS);
        add("two parts", parts[0] + '.' + claims, NO_TOKEN_OF_OURS);
        add("five parts", good + ".x.y", NO_TOKEN_OF_OURS);
        add("cut short in the claims", good.substring(0, parts[0].length() + 20), NO_TOKEN_OF_OURS);
        add(
                "deep claims",
                parts[0] + '.' + OidcIssuer.base64("{\"a\":" + "[".repeat(2000) + "]".repeat(2000) + "}") + ".AAAA",
                "");
    }

    private void addOfJenkins(Jenkins jenkins, Callback other) {
        String[] parts = issued.split("\\.");
        String claims = new String(Base64.getUrlDecoder().decode(parts[1]), StandardCharsets.UTF_8);
        String header = new String(Base64.getUrlDecoder().decode(parts[0]), StandardCharsets.UTF_8);
        add(
                "client's token, alg none",
                OidcIssuer.base64("{\"alg\":\"none\"}") + '.' + parts[1] + '.',
                "it is not signed (alg none)");
        add(
                "client's token, more scope",
                parts[0] + '.' + OidcIssuer.base64(claims.replace("decide:job-*", "decide:**")) + '.' + parts[2],
                "bad signature");
        add(
                "client's token, unknown kid",
                OidcIssuer.base64(header.replaceFirst("\"kid\":\"[^\"]+", "\"kid\":\"x"))
                        + '.'
                        + parts[1]
                        + '.'
                        + parts[2],
                "no key of Jenkins has the id x");
        add(
                "client's token, no kid",
                OidcIssuer.base64("{\"alg\":\"ES256\"}") + '.' + parts[1] + '.' + parts[2],
                "no key of Jenkins has the id none");
        add("client's token, signature of zeros", parts[0] + '.' + parts[1] + '.' + "A".repeat(86), "bad signature");
        add(
                "client's token, HS256",
                OidcIssuer.base64("{\"alg\":\"HS256\"}") + '.' + parts[1] + '.' + parts[2],
                "signed with HS256 instead of ES256");
        add("client's token, cut short", issued.substring(0, issued.length() - 10), "bad signature");
        add(
                "signed by the outside issuer for Jenkins",
                issuer.token(each -> each.put("iss", jenkins.controller().url() + "armory/")),
                "signed with RS256 instead of ES256");
        add(
                "token of a client of others",
                403,
                "client client-of-others: The token is valid, but",
                BEARER + TokenEndpointContractTest.token(jenkins, Settings.OTHER_CLIENT_ID));
        add(
                "token of another approval",
                403,
                "callback token: The token is valid, but not for this approval.",
                BEARER + other.token());
        add(
                "own token, changed",
                (own.endsWith("A")
                        ? own.substring(0, own.length() - 2) + "BA"
                        : own.substring(0, own.length() - 2) + "zz"),
                "bad signature: an approval's own token");
        add("own token, cut short", own.substring(0, own.length() - 1), "bad signature: an approval's own token");
        add("own id alone", own.substring(0, own.indexOf('.')), NO_TOKEN_OF_OURS);
        add(
                "own id with the MAC of another",
                own.substring(0, own.indexOf('.'))
                        + other.token().substring(other.token().indexOf('.')),
                "bad signature: an approval's own token");
        add("secret of a credential that was not named", Settings.TEAM_SECRET, NO_TOKEN_OF_OURS);
        add("secret of the client", Settings.CLIENT_SECRET.replace(" ", "%20"), NO_TOKEN_OF_OURS);
        add("secret in capitals", Settings.DEFAULT_SECRET.toUpperCase(), NO_TOKEN_OF_OURS);
        add("secret and more", Settings.DEFAULT_SECRET + "x", NO_TOKEN_OF_OURS);
        add("JSON", "{\"success\":true}", NO_TOKEN_OF_OURS);
        add("dots", "..", NO_TOKEN_OF_OURS);
        add("empty JSON twice", "e30.e30.e30", NO_TOKEN_OF_OURS);
    }

    private void addOfTheHeaders() {
        String no = "The Authorization header does not hold a Bearer token";
        add("no header", 401, "no Authorization header: a proxy may strip it");
        add("no token", 401, no, "Authorization: Bearer");
        add("another scheme", 401, no, "Authorization: Token " + own);
        add("the token alone", 401, no, "Authorization: " + own);
        add("HTTP Basic", 401, no + ", but Basic: a proxy may have put it there", "Authorization: Basic dTpw");
        add("two tokens in one header", 401, no, BEARER + own + ", Bearer " + own);
        add("a token with a space", 401, no, BEARER + own.substring(0, 50) + ' ' + own.substring(50));
        add("large", 401, "bad signature: an approval's own token", BEARER + own + "A".repeat(7000));
        add("two headers", 401, "2 Authorization headers", BEARER + own, BEARER + own);
        add("two other headers", 401, "2 X-Armory-Callback-Token headers", OTHER_HEADER + own, OTHER_HEADER + own);
        add("a wrong token in the header that counts", 401, NO_TOKEN_OF_OURS, BEARER + own, OTHER_HEADER + "wrong");
    }

    private static void assertIsRefused(Jenkins jenkins, Callback callback, Bad bad) {
        var request = callback.post("/callback", Callback.body(true, "by a bad token"));
        bad.headers()
                .forEach(header -> request.header(
                        header.substring(0, header.indexOf(':')), header.substring(header.indexOf(':') + 2)));
        Answer answer = Http.send(request);

        assertThat(answer).as(bad.what()).returns(bad.status(), Answer::status);
        String error = bad.status() == 401 ? "invalid_token" : "insufficient_scope";
        assertThat(answer.json().fieldNames()).toIterable().as(bad.what()).containsExactly("error", "message");
        assertThat(answer.json().get("error").textValue()).as(bad.what()).isEqualTo(error);
        assertThat(answer.header("WWW-Authenticate").orElseThrow())
                .as(bad.what())
                .startsWith("Bearer realm=\"armory\", error=\"" + error + '"');
        boolean looksLikeAToken =
                bad.headers().stream().anyMatch(header -> header.matches("\\S+ (Bearer )?[\\x21-\\x7e]{1,8192}"))
                        && bad.status() == 401
                        && !bad.reason().contains("header");
        if (looksLikeAToken) {
            assertThat(answer.json().get("message").textValue()).as(bad.what()).startsWith(NOT_VALID);
        }
        JsonNode rejected = jenkins.rejectedCallbacks(callback.id()).get(0);
        assertThat(rejected.get("status").asInt()).as(bad.what()).isEqualTo(bad.status());
        assertThat(rejected.get("reason").textValue()).as(bad.what()).startsWith(bad.reason());
        bad.headers()
                .forEach(
                        header -> assertThat(rejected.toString()).as(bad.what()).doesNotContain(secretOf(header)));
    }

    private static String secretOf(String header) {
        String value = header.substring(header.lastIndexOf(' ') + 1);
        return value.length() < 20 ? "\u0000" : value;
    }

    private static byte[] pem(byte[] key) {
        return ("-----BEGIN PUBLIC KEY-----\n"
                        + Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(key)
                        + "\n-----END PUBLIC KEY-----\n")
                .getBytes(StandardCharsets.US_ASCII);
    }

    private String mac(byte[] key, String claims) {
        try {
            String input =
                    OidcIssuer.base64("{\"alg\":\"HS256\",\"kid\":\"" + issuer.keyId("rsa") + "\"}") + '.' + claims;
            Mac mac = Mac.getInstance("HmacSHA256");
            mac.init(new SecretKeySpec(key, "HmacSHA256"));
            return input
                    + '.'
                    + Base64.getUrlEncoder()
                            .withoutPadding()
                            .encodeToString(mac.doFinal(input.getBytes(StandardCharsets.US_ASCII)));
        } catch (GeneralSecurityException x) {
            throw new AssertionError(x);
        }
    }

    /** The public key of somebody, in the header; which one it is does not matter. */
    private ObjectNode jwk() {
        ObjectNode jwk = issuer.claims().objectNode();
        return jwk.put("kty", "RSA")
                .put("e", "AQAB")
                .put("n", Base64.getUrlEncoder().withoutPadding().encodeToString(issuer.publicKey()));
    }
}
