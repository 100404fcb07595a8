package io.jenkins.plugins.armory.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.jenkins.plugins.armory.acceptance.driver.Answer;
import io.jenkins.plugins.armory.acceptance.driver.Build;
import io.jenkins.plugins.armory.acceptance.driver.Callback;
import io.jenkins.plugins.armory.acceptance.driver.ExternalProcess;
import io.jenkins.plugins.armory.acceptance.driver.Http;
import io.jenkins.plugins.armory.acceptance.driver.Jenkins;
import java.net.URLEncoder;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The token endpoint over HTTP, and what its tokens are good for: RFC 6749, sections 4.4 and 5, and RFC 6750, section 3. */
@AcceptanceTest
class TokenEndpointContractTest {

    private static final String FORM = "application/x-www-form-urlencoded";
    private static final String GRANT = "grant_type=client_credentials";

    private static String credentials(String id, String secret) {
        return "&client_id=" + id + "&client_secret=" + URLEncoder.encode(secret, StandardCharsets.UTF_8);
    }

    private static Answer ask(Jenkins jenkins, String type, String body, String... authorization) {
        var request = Http.request(jenkins.controller().url() + "armory/oauth/token")
                .header("Content-Type", type)
                .POST(BodyPublishers.ofString(body));
        List.of(authorization).forEach(value -> request.header("Authorization", value));
        return Http.send(request);
    }

    static String token(Jenkins jenkins, String id) {
        Answer answer = ask(jenkins, FORM, GRANT + credentials(id, Settings.CLIENT_SECRET));
        assertThat(answer).returns(200, Answer::status);
        return answer.json().get("access_token").textValue();
    }

    private static String basic(String pair) {
        return "Basic " + Base64.getEncoder().encodeToString(pair.getBytes(StandardCharsets.UTF_8));
    }

    private static void assertIsOfTheEndpoint(Answer answer) {
        assertThat(answer.header("Content-Type")).hasValue("application/json;charset=utf-8");
        assertThat(answer.header("Cache-Control")).hasValue("no-store");
        assertThat(answer.headers().allValues("X-Content-Type-Options")).containsExactly("nosniff");
    }

    private static void assertIssued(Answer answer) {
        assertThat(answer).returns(200, Answer::status);
        assertIsOfTheEndpoint(answer);
        assertThat(answer.json().fieldNames())
                .toIterable()
                .containsExactly("access_token", "scope", "expires_in", "token_type");
        assertThat(answer.json().get("token_type").textValue()).isEqualTo("Bearer");
        assertThat(answer.json().get("expires_in").isInt()).isTrue();
        assertThat(answer.json().get("expires_in").intValue()).isEqualTo(86_400);
        assertThat(answer.json().get("access_token").textValue()).matches("[\\w-]+\\.[\\w-]+\\.[\\w-]+");
    }

    @Test
    void issuesATokenForAForm(Jenkins jenkins) {
        assertIssued(ask(jenkins, FORM, GRANT + credentials(Settings.CLIENT_ID, Settings.CLIENT_SECRET)));
        assertIssued(ask(
                jenkins,
                FORM,
                "data=audience=https://api.cloud.armory.io&" + GRANT
                        + credentials(Settings.CLIENT_ID, Settings.CLIENT_SECRET)));
    }

    @Test
    void issuesATokenForJson(Jenkins jenkins) {
        assertIssued(ask(
                jenkins,
                "application/json",
                new ObjectMapper()
                        .createObjectNode()
                        .put("grant_type", "client_credentials")
                        .put("client_id", Settings.CLIENT_ID)
                        .put("client_secret", Settings.CLIENT_SECRET)
                        .put("audience", "https://api.cloud.armory.io")
                        .toString()));
    }

    /** On Jenkins, the client is no user of it. */
    @Test
    void issuesATokenForHttpBasic(Jenkins jenkins) {
        String encoded = URLEncoder.encode(Settings.CLIENT_SECRET, StandardCharsets.UTF_8);

        assertIssued(ask(jenkins, FORM, GRANT, basic(Settings.CLIENT_ID + ':' + Settings.CLIENT_SECRET)));
        assertIssued(ask(jenkins, FORM, GRANT, basic(Settings.CLIENT_ID + ':' + encoded)));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "grant_type=client_credentials&client_id=client-1&client_secret=wrong  | 401 | invalid_client",
                "grant_type=client_credentials&client_id=nobody&client_secret=wrong    | 401 | invalid_client",
                "grant_type=client_credentials&client_id=default&client_secret=default-secret-of-the-settings | 401 | invalid_client",
                "grant_type=password&client_id=client-1&client_secret=x                | 400 | unsupported_grant_type",
                "client_id=client-1&client_secret=x                                    | 400 | invalid_request",
                "grant_type=client_credentials&client_id=client-1                      | 400 | invalid_request",
                "grant_type=client_credentials&client_id=a&client_id=b                 | 400 | invalid_request",
                "grant_type=client_credentials&client_id=client-1&client_secret=secret%2Bof+client%2F1&scope=decide:** | 400 | invalid_scope",
            })
    void refusesInTheFormOfTheRfc(String body, int status, String error, Jenkins jenkins) {
        Answer answer = ask(jenkins, FORM, body);

        assertThat(answer).returns(status, Answer::status);
        assertIsOfTheEndpoint(answer);
        assertThat(answer.json().fieldNames()).toIterable().containsExactly("error", "message", "error_description");
        assertThat(answer.json().get("error").textValue()).isEqualTo(error);
        assertThat(answer.json().get("error_description").textValue()).matches("[\\x20\\x21\\x23-\\x5b\\x5d-\\x7e]+");
        assertThat(answer.headers().allValues("WWW-Authenticate"))
                .isEqualTo(status == 401 ? List.of("Basic realm=\"armory\", charset=\"UTF-8\"") : List.of());
    }

    @Test
    void refusesWrongHttpBasicInTheSameForm(Jenkins jenkins) {
        for (String pair : List.of(Settings.CLIENT_ID + ":wrong", "nobody:wrong", "admin:wrong")) {
            Answer answer = ask(jenkins, FORM, GRANT, basic(pair));

            assertThat(answer).returns(401, Answer::status);
            assertIsOfTheEndpoint(answer);
            assertThat(answer.json().get("error").textValue()).isEqualTo("invalid_client");
            assertThat(answer.headers().allValues("WWW-Authenticate"))
                    .containsExactly("Basic realm=\"armory\", charset=\"UTF-8\"");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"GET", "PUT", "DELETE"})
    void takesPostAlone(String method, Jenkins jenkins) {
        Answer answer = Http.send(Http.request(jenkins.controller().url() + "armory/oauth/token")
                .method(method, BodyPublishers.noBody()));

        assertThat(answer).returns(405, Answer::status);
        assertThat(answer.header("Allow")).hasValue("POST");
    }

    @Test
    void refusesASecretInTheAddress(Jenkins jenkins) {
        Answer answer = Http.send(Http.request(jenkins.controller().url() + "armory/oauth/token?" + GRANT
                        + credentials(Settings.CLIENT_ID, Settings.CLIENT_SECRET))
                .header("Content-Type", FORM)
                .POST(BodyPublishers.ofString(GRANT)));

        assertThat(answer).returns(400, Answer::status);
        assertThat(answer.json().get("error").textValue()).isEqualTo("invalid_request");
    }

    @Test
    void publishesTheKeysThatTokensAreSignedWith(Jenkins jenkins) throws Exception {
        String header = token(jenkins, Settings.CLIENT_ID).split("\\.")[0];
        String keyId = new ObjectMapper()
                .readTree(Base64.getUrlDecoder().decode(header))
                .get("kid")
                .textValue();

        Answer answer = Http.send(Http.request(jenkins.controller().url() + "armory/.well-known/jwks.json"));

        assertThat(answer).returns(200, Answer::status);
        JsonNode key = answer.json().get("keys").get(0);
        assertThat(key.get("kid").textValue()).isEqualTo(keyId);
        assertThat(key.get("alg").textValue()).isEqualTo("ES256");
        assertThat(key.get("crv").textValue()).isEqualTo("P-256");
        assertThat(answer.body()).doesNotContain("\"d\"");
    }

    @Test
    void aTokenDecidesForTheJobsOfItsClientAlone(Jenkins jenkins, ExternalProcess process) {
        Build build = jenkins.createJob(process.approval()).build();
        Callback callback = process.awaitCall().callback();
        String job = build.job().name();

        Answer refused = callback.with(token(jenkins, Settings.OTHER_CLIENT_ID)).succeed("by others");
        assertThat(refused).returns(403, Answer::status);
        assertThat(refused.json().get("message").textValue())
                .contains("client client-of-others may not decide for the job");
        assertThat(refused.header("WWW-Authenticate"))
                .hasValue("Bearer realm=\"armory\", error=\"insufficient_scope\", scope=\"decide:" + job + "\"");

        assertThat(callback.with(token(jenkins, Settings.CLIENT_ID)).succeed("by the client"))
                .returns(200, Answer::status);
        assertThat(build.awaitResult("SUCCESS")).contains("succeeded (client client-1): by the client");
    }

    @Test
    void aStepNamesWhoOfThemDecides(Jenkins jenkins, ExternalProcess process) {
        Build build = jenkins.createJob(process.approval("callbackCredentialsId: '" + Settings.TEAM + "'"))
                .build();
        Callback callback = process.awaitCall().callback();

        Answer refused = callback.with(token(jenkins, Settings.CLIENT_ID)).succeed("by the client");
        assertThat(refused).returns(403, Answer::status);
        assertThat(refused.json().get("message").textValue()).contains("does not let client client-1 decide");
        assertThat(callback.with(Settings.TEAM_SECRET).succeed("by the team")).returns(200, Answer::status);
        build.awaitResult("SUCCESS");
    }

    @ParameterizedTest
    @ValueSource(strings = {"allowedCallers: ['client-1']", "callbackCredentialsId: 'client'"})
    void aStepMayNameAClient(String parameter, Jenkins jenkins, ExternalProcess process) {
        Build build = jenkins.createJob(process.approval(parameter)).build();
        Callback callback = process.awaitCall().callback();

        assertThat(callback.with(Settings.DEFAULT_SECRET).rehearse().status()).isEqualTo(403);
        assertThat(callback.with(token(jenkins, Settings.CLIENT_ID)).succeed("by the client"))
                .returns(200, Answer::status);
        build.awaitResult("SUCCESS");
    }

    @Test
    void aStepThatNamesSomebodyUnknownFailsAtOnce(Jenkins jenkins, ExternalProcess process) {
        Build build = jenkins.createJob(process.approval("allowedCallers: ['client-2']"))
                .build();

        assertThat(build.awaitResult("FAILURE")).contains("allowedCallers: \"client-2\" is neither the client_id");
        assertThat(process.calls()).isEmpty();
    }

    @Test
    void aRehearsalDecidesNothing(Jenkins jenkins, ExternalProcess process) {
        Build build = jenkins.createJob(process.approval()).build().awaitWaiting(1);
        Callback callback = process.awaitCall().callback();

        Answer rehearsed = callback.with(token(jenkins, Settings.CLIENT_ID)).rehearse();
        assertThat(rehearsed).returns(200, Answer::status);
        assertThat(rehearsed.json().get("status").textValue()).isEqualTo("rehearsed");
        assertThat(rehearsed.json().get("caller").textValue()).isEqualTo("client client-1");
        assertThat(callback.with(token(jenkins, Settings.OTHER_CLIENT_ID))
                        .rehearse()
                        .status())
                .isEqualTo(403);
        assertThat(callback.with("invented").rehearse().status()).isEqualTo(401);

        assertThat(build.isBuilding()).isTrue();
        assertThat(jenkins.rejectedCallbacks(callback.id()))
                .extracting(each ->
                        each.get("status").asInt() + " " + each.get("rehearsal").asBoolean())
                .containsExactly("401 true", "403 true");
        assertThat(callback.succeed("now for real")).returns(200, Answer::status);
        build.awaitResult("SUCCESS");
    }

    /** A proxy in front of Jenkins may have credentials of its own. */
    @Test
    void callbackPassesWithHttpBasicOfAProxy(Jenkins jenkins, ExternalProcess process) {
        Build build = jenkins.createJob(process.approval()).build();
        Callback callback = process.awaitCall().callback();

        Answer answer = Http.send(callback.post("", Callback.body(true, "through"))
                .header("Authorization", basic("proxy:of-its-own"))
                .header("X-Armory-Callback-Token", callback.token()));

        assertThat(answer).returns(200, Answer::status);
        build.awaitResult("SUCCESS");
    }
}
