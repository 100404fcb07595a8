package io.jenkins.plugins.armory.acceptance.part.oauth;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.jenkins.plugins.armory.acceptance.AcceptanceTest;
import io.jenkins.plugins.armory.acceptance.OpenApiTest;
import io.jenkins.plugins.armory.acceptance.Settings;
import io.jenkins.plugins.armory.acceptance.driver.Answer;
import io.jenkins.plugins.armory.acceptance.driver.Build;
import io.jenkins.plugins.armory.acceptance.driver.Callback;
import io.jenkins.plugins.armory.acceptance.driver.ExternalProcess;
import io.jenkins.plugins.armory.acceptance.driver.Http;
import io.jenkins.plugins.armory.acceptance.driver.Jenkins;
import io.jenkins.plugins.armory.acceptance.driver.Tokens;
import java.io.IOException;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The token endpoint on a controller, and what its tokens are good for. {@code TokenEndpointTest} has the contract,
 * answer by answer, and {@link OpenApiTest} holds the documentation to it.
 */
@AcceptanceTest
public class TokenEndpointContractTest {

    private static final String TOKEN = "/oauth/token";
    private static final String GRANT = Tokens.GRANT;

    private static Answer ask(Jenkins jenkins, String body, String... authorization) {
        return Tokens.ask(jenkins, body, authorization);
    }

    private static String basic(String pair) {
        return "Basic " + Base64.getEncoder().encodeToString(pair.getBytes(StandardCharsets.UTF_8));
    }

    private static void assertIsOfTheEndpoint(Answer answer) {
        assertThat(answer.header("Content-Type")).hasValue("application/json;charset=utf-8");
        assertThat(answer.header("Cache-Control")).hasValue("no-store");
        assertThat(answer.headers().allValues("X-Content-Type-Options")).containsExactly("nosniff");
    }

    /** On Jenkins, the client is no user of it. */
    @Test
    void issuesATokenForHttpBasic(Jenkins jenkins) {
        Answer issued = ask(jenkins, GRANT, basic(Settings.CLIENT_ID + ':' + Settings.CLIENT_SECRET));
        Answer refused = ask(jenkins, GRANT, basic("admin:wrong"));

        issued.expect(200);
        assertIsOfTheEndpoint(issued);
        assertThat(issued.header("Pragma")).hasValue("no-cache");
        assertThat(issued.json().get("expires_in").intValue()).isEqualTo(86_400);
        refused.expect(401);
        assertIsOfTheEndpoint(refused);
        assertThat(refused.headers().allValues("WWW-Authenticate"))
                .containsExactly("Basic realm=\"armory\", charset=\"UTF-8\"");
    }

    @Test
    void aTokenDecidesForTheJobsOfItsClientAlone(Jenkins jenkins, ExternalProcess process) {
        Build build = jenkins.build(process.approval());
        Callback callback = process.awaitCallback();

        Answer refused =
                callback.with(Settings.token(jenkins, Settings.OTHER_CLIENT_ID)).succeed("by others");
        refused.expect(403);
        assertThat(refused.json().get("message").textValue())
                .contains("client client-of-others may not decide for the job");
        assertThat(refused.header("WWW-Authenticate"))
                .hasValue("Bearer realm=\"armory\", error=\"insufficient_scope\"");

        callback.with(Settings.token(jenkins, Settings.CLIENT_ID))
                .succeed("by the client")
                .expect(200);
        assertThat(build.awaitResult("SUCCESS")).contains("succeeded (client client-1): by the client");
    }

    @Test
    void aStepNamesWhoOfThemDecides(Jenkins jenkins, ExternalProcess process) {
        Build build = jenkins.build(process.approval("callbackCredentialsId: '" + Settings.TEAM + "'"));
        Callback callback = process.awaitCallback();

        Answer refused =
                callback.with(Settings.token(jenkins, Settings.CLIENT_ID)).succeed("by the client");
        refused.expect(403);
        assertThat(refused.json().get("message").textValue()).contains("does not let client client-1 decide");
        callback.with(Settings.TEAM_SECRET).succeed("by the team").expect(200);
        build.awaitResult("SUCCESS");
    }

    @ParameterizedTest
    @ValueSource(strings = {"allowedCallers: ['client-1']", "callbackCredentialsId: 'client'"})
    void aStepMayNameAClient(String parameter, Jenkins jenkins, ExternalProcess process) {
        Build build = jenkins.build(process.approval(parameter));
        Callback callback = process.awaitCallback();

        callback.with(Settings.DEFAULT_SECRET).rehearse().expect(403);
        callback.with(Settings.token(jenkins, Settings.CLIENT_ID))
                .succeed("by the client")
                .expect(200);
        build.awaitResult("SUCCESS");
    }

    @Test
    void aStepThatNamesSomebodyUnknownFailsAtOnce(Jenkins jenkins, ExternalProcess process) {
        Build build = jenkins.build(process.approval("allowedCallers: ['client-2']"));

        assertThat(build.awaitResult("FAILURE")).contains("allowedCallers: \"client-2\" is neither the client_id");
        assertThat(process.calls()).isEmpty();
    }

    @Test
    void answersAreAsTheDocumentSays(Jenkins jenkins) throws IOException {
        OpenApiTest.read();
        OpenApiTest.check(
                TOKEN,
                "post",
                200,
                askForToken(jenkins, "client_credentials", Settings.CLIENT_ID, Settings.CLIENT_SECRET));
        OpenApiTest.check(
                TOKEN, "post", 400, askForToken(jenkins, "password", Settings.CLIENT_ID, Settings.CLIENT_SECRET));
        OpenApiTest.check(TOKEN, "post", 401, askForToken(jenkins, "client_credentials", Settings.CLIENT_ID, "wrong"));
        OpenApiTest.check(
                TOKEN, "post", 405, Http.send(Http.request(jenkins.controller().url() + "armory/oauth/token")));
    }

    private static Answer askForToken(Jenkins jenkins, String grant, String client, String secret) {
        String body = new ObjectMapper()
                .createObjectNode()
                .put("grant_type", grant)
                .put("client_id", client)
                .put("client_secret", secret)
                .toString();
        return Http.send(Http.request(jenkins.controller().url() + "armory/oauth/token")
                .header("Content-Type", "application/json")
                .POST(BodyPublishers.ofString(body)));
    }
}
