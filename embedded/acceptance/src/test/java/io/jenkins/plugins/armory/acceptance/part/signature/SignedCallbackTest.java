package io.jenkins.plugins.armory.acceptance.part.signature;

import static org.assertj.core.api.Assertions.assertThat;

import io.jenkins.plugins.armory.acceptance.Settings;
import io.jenkins.plugins.armory.acceptance.SharedController;
import io.jenkins.plugins.armory.acceptance.driver.Answer;
import io.jenkins.plugins.armory.acceptance.driver.Build;
import io.jenkins.plugins.armory.acceptance.driver.Callback;
import io.jenkins.plugins.armory.acceptance.driver.Http;
import io.jenkins.plugins.armory.acceptance.driver.Signing;
import java.net.http.HttpRequest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Callers that can only sign. */
public class SignedCallbackTest extends SharedController {

    private static final String OLD = Settings.SIGNING_OLD;
    private static final String NEW = Settings.SIGNING_NEW;
    private static final String SIGNED = Settings.SIGNED;

    private static Answer send(HttpRequest.Builder request) {
        return Http.send(request);
    }

    @ParameterizedTest
    @ValueSource(strings = {OLD, NEW})
    void standardWebhooksDecideWithEitherSecretWhileOneIsRotated(String secret) {
        Build build = jenkins.build(process.approval(SIGNED));
        Callback callback = process.awaitCallback();

        String body = Signing.success(callback);
        send(Signing.with(secret).sign(callback.post("/callback", body), body)).expect(200);

        assertThat(build.awaitResult("SUCCESS")).contains("succeeded (credentials signing): signed");
    }

    @Test
    void reasonIsWithTheApproval() {
        Build build = jenkins.build(process.approval(SIGNED)).awaitWaiting(1);
        Callback callback = process.awaitCallback();

        Answer refused = send(
                Signing.with(OLD).sign(callback.post("", Signing.success(callback)), Signing.success(callback) + " "));

        refused.expect(401);
        assertThat(refused.json().get("message").asText()).startsWith("The signature is not valid here");
        String progress = "{\"approvalId\": \"" + callback.id() + "\"}";
        send(Signing.with(OLD).sign(callback.with("x").post("/progress", progress), progress))
                .expect(400);
        assertThat(build.approval().get("lastRejection").asText())
                .isEqualTo("progress: Both \"percent\" and \"mdMessage\" are missing: send one of them, or "
                        + "{\"percent\": 40, \"mdMessage\": \"...\"}.");
        callback.succeed("");
        build.awaitResult("SUCCESS");
    }

    @Test
    void secretIsATokenToo() {
        Build build = jenkins.build(process.approval(SIGNED));
        Callback callback = process.awaitCallback();

        callback.with(NEW + OLD).succeed("").expect(401);
        callback.with(OLD).succeed("").expect(200);
        build.awaitResult("SUCCESS");
    }
}
