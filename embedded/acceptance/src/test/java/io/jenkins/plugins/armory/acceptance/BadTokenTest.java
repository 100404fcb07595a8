package io.jenkins.plugins.armory.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.jenkins.plugins.armory.acceptance.driver.Answer;
import io.jenkins.plugins.armory.acceptance.driver.Build;
import io.jenkins.plugins.armory.acceptance.driver.Callback;
import io.jenkins.plugins.armory.acceptance.driver.Controller;
import io.jenkins.plugins.armory.acceptance.driver.ExternalProcess;
import io.jenkins.plugins.armory.acceptance.driver.Http;
import io.jenkins.plugins.armory.acceptance.driver.Jenkins;
import io.jenkins.plugins.armory.acceptance.driver.OidcIssuer;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/**
 * Tokens of every kind that are wrong in one way each. None of them decides; each gets the status that it should, the
 * same words whatever is wrong with it, and its reason where those can see it who may see the approval. {@code
 * OutsideIssuersTest} and {@code IssuedTokensTest} have all that can be wrong with a JWT.
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

    @Test
    void noBadTokenDecidesAndEachIsToldWhy() {
        issuer = new OidcIssuer();
        try (OidcIssuer closed = issuer;
                ExternalProcess process = new ExternalProcess();
                Controller controller = Controller.create(Settings.with(closed))) {
            controller.start();
            Jenkins jenkins = new Jenkins(controller);
            Build build = jenkins.build(process.approval()).awaitWaiting(1);
            Callback callback = process.awaitCallback();
            Build other = jenkins.build(process.approval()).awaitWaiting(1);
            Callback ofTheOther = process.awaitCallback();
            own = callback.token();
            issued = Settings.token(jenkins, Settings.CLIENT_ID);
            assertThat(callback.with(issuer.token()).rehearse())
                    .as("a good one")
                    .returns(200, Answer::status);
            assertThat(callback.with(issued).rehearse()).as("a good one").returns(200, Answer::status);

            addOfTheIssuer();
            addOfJenkins(jenkins, ofTheOther);
            addOfTheHeaders();

            tokens.forEach(bad -> assertIsRefused(jenkins, callback, bad));
            // More than 8 KiB of headers do not get past the container (RFC 6585, section 5).
            callback.with(own + "A".repeat(10_000)).succeed("huge").expect(431);
            build.awaitWaiting(1);
            other.awaitWaiting(1);
            callback.with(issued).succeed("after all that").expect(200);
            build.awaitResult("SUCCESS");
            ofTheOther.with(issuer.token()).succeed("fine").expect(200);
            assertThat(other.awaitResult("SUCCESS"))
                    .contains("succeeded (" + OidcIssuer.SUBJECT + " of " + issuer.url() + "): fine");
        }
    }

    private void addOfTheIssuer() {
        add("key of a stranger", issuer.forgedToken(), "Signed JWT rejected: Invalid signature");
        add(
                "expired",
                issuer.token(claims -> claims.put("exp", claims.get("iat").asLong() - 185)),
                "Expired JWT");
    }

    private void addOfJenkins(Jenkins jenkins, Callback other) {
        add("client's token, cut short", issued.substring(0, issued.length() - 10), "bad signature");
        add(
                "signed by the outside issuer for Jenkins",
                issuer.token(each -> each.put("iss", jenkins.controller().url() + "armory/")),
                "wrong issuer: ");
        add(
                "token of a client of others",
                403,
                "client client-of-others: The token is valid, but",
                BEARER + Settings.token(jenkins, Settings.OTHER_CLIENT_ID));
        add(
                "token of another approval",
                403,
                "callback token: The token is valid, but not for this approval.",
                BEARER + other.token());
        add("own token, cut short", own.substring(0, own.length() - 1), "bad signature: an approval's own token");
        add("secret of a credential that was not named", Settings.TEAM_SECRET, NO_TOKEN_OF_OURS);
        add("secret of the client", Settings.CLIENT_SECRET.replace(" ", "%20"), NO_TOKEN_OF_OURS);
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
}
