package io.jenkins.plugins.armory.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import io.jenkins.plugins.armory.acceptance.driver.Answer;
import io.jenkins.plugins.armory.acceptance.driver.Build;
import io.jenkins.plugins.armory.acceptance.driver.Callback;
import io.jenkins.plugins.armory.acceptance.driver.Controller;
import io.jenkins.plugins.armory.acceptance.driver.ExternalProcess;
import io.jenkins.plugins.armory.acceptance.driver.Jenkins;
import io.jenkins.plugins.armory.acceptance.driver.OidcIssuer;
import io.jenkins.plugins.armory.acceptance.driver.Wait;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Tokens of outside issuers, which rotate their keys, are slow, and end without a warning. */
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class IssuerTest {

    private static OidcIssuer issuer;
    private static OidcIssuer slow;
    private static Controller controller;
    private static Jenkins jenkins;
    private static ExternalProcess process;

    @BeforeAll
    static void start() {
        issuer = new OidcIssuer();
        slow = new OidcIssuer();
        slow.answerSlowly();
        process = new ExternalProcess();
        controller = Controller.create(Settings.withIssuers(issuer, slow));
        controller.start();
        jenkins = new Jenkins(controller);
    }

    @AfterAll
    static void stop() {
        controller.close();
        process.close();
        issuer.close();
        slow.close();
    }

    private static Callback callback(Build build) {
        build.awaitWaiting(1);
        return process.awaitCall().callback();
    }

    private static Build build() {
        return jenkins.createJob(process.approval()).build();
    }

    @Test
    @Order(1)
    void nobodyWaitsForASlowIssuerButItsOwnCallers() {
        Build build = build();
        Callback callback = callback(build);
        CompletableFuture<Answer> ofTheSlowOne =
                CompletableFuture.supplyAsync(() -> callback.with(slow.token()).succeed("slowly"));
        Wait.until("the keys of the slow issuer are asked for").until(() -> slow.fetches() == 1);

        assertThat(callback.with(issuer.token()).rehearse()).returns(200, Answer::status);
        assertThat(ofTheSlowOne.isDone())
                .as("another one is answered meanwhile")
                .isFalse();

        Answer answer = ofTheSlowOne.join();
        assertThat(answer).returns(503, Answer::status);
        assertThat(answer.header("Retry-After")).isPresent();
        assertThat(jenkins.rejectedCallbacks(callback.id()).get(0).get("reason").textValue())
                .startsWith("the keys of " + slow.url() + " could not be fetched");
        assertThat(callback.with(issuer.token()).succeed("fine")).returns(200, Answer::status);
        build.awaitResult("SUCCESS");
    }

    @ParameterizedTest
    @CsvSource({"rsa, RS256", "ec, ES256", "ed, EdDSA"})
    @Order(2)
    void itsTokensDecide(String key, String algorithm) {
        Build build = build();
        String token = issuer.token(key, OidcIssuer.header(algorithm, issuer.keyId(key)), issuer.claims());

        assertThat(callback(build).with(token).succeed("fine")).returns(200, Answer::status);

        assertThat(build.awaitResult("SUCCESS"))
                .contains("succeeded (repo:octo-org/octo-repo:ref:refs/heads/main of " + issuer.url() + "): fine");
    }

    @Test
    @Order(3)
    void keysThatAreNotThereAreAskedForOnceAMinuteAtMost() {
        Callback callback = callback(build());
        long start = System.nanoTime();
        int before = issuer.fetches();

        for (int i = 0; i < 50; i++) {
            String token = issuer.token("stranger", OidcIssuer.header("RS256", "invented-" + i), issuer.claims());
            assertThat(callback.with(token).succeed("no").status()).isIn(401, 503);
        }

        long minutes = Duration.ofNanos(System.nanoTime() - start).toMinutes();
        assertThat((long) issuer.fetches() - before).isLessThanOrEqualTo(1 + minutes);
        callback.succeed("done");
    }

    @Test
    @Order(4)
    void aRotationIsTakenOver() {
        Build build = build();
        Callback callback = callback(build);
        assertThat(callback.with(issuer.token()).rehearse()).returns(200, Answer::status);
        String old = issuer.token();

        issuer.rotate();

        Wait.until("the new keys count")
                .pollInterval(Duration.ofSeconds(1))
                .until(() -> callback.with(issuer.token()).rehearse().status() == 200);
        assertThat(callback.with(old).rehearse())
                .as("its key may be a new one, and the issuer was asked just now")
                .returns(503, Answer::status);
        assertThat(callback.with(issuer.token()).succeed("fine")).returns(200, Answer::status);
        build.awaitResult("SUCCESS");
    }

    @Test
    @Order(5)
    void itsTokensDecideWhileItIsDown() {
        Build build = build();
        Callback callback = callback(build);
        String token = issuer.token();

        issuer.kill();

        assertThat(callback.with(token).succeed("fine")).returns(200, Answer::status);
        build.awaitResult("SUCCESS");
    }
}
