package io.jenkins.plugins.armory.acceptance.part.signature;

import static org.assertj.core.api.Assertions.assertThat;

import io.jenkins.plugins.armory.acceptance.Mistakes;
import io.jenkins.plugins.armory.acceptance.Settings;
import io.jenkins.plugins.armory.acceptance.SharedController;
import io.jenkins.plugins.armory.acceptance.driver.Build;
import io.jenkins.plugins.armory.acceptance.driver.ExternalProcess.Call;
import io.jenkins.plugins.armory.acceptance.driver.ExternalProcess.Reply;
import io.jenkins.plugins.armory.acceptance.driver.Signing;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.HashSet;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Calls that are signed, and calls with rules of their own for retries and time limits. */
public class SignedWebhookTest extends SharedController {

    private static final String OLD = Settings.CALLS_OLD;
    private static final String NEW = Settings.CALLS_NEW;

    /** Verifies a call as a receiver that has one of the two secrets. */
    private static void assertSigned(Call call, String id) {
        String timestamp = call.header("webhook-timestamp");
        assertThat(call.header("webhook-id")).isEqualTo(id);
        assertThat(Instant.ofEpochSecond(Long.parseLong(timestamp)))
                .isBetween(Instant.now().minusSeconds(60), Instant.now().plusSeconds(1));
        assertThat(call.header("webhook-signature").split(" "))
                .containsExactly(
                        Signing.signature(NEW, id, timestamp, call.body()),
                        Signing.signature(OLD, id, timestamp, call.body()));
    }

    @Test
    void receiverCanVerifyTheCall() {
        Build build = jenkins.build(process.approval("signWith: 'calls'"));
        Call call = process.awaitCall();

        assertSigned(call, call.callback().id());

        call.callback().succeed("");
        build.awaitResult("SUCCESS");
    }

    @Test
    void attemptsHaveOneIdAndATimeOfTheirOwn() {
        process.onCall(call -> Reply.of(process.calls().size() < 3 ? 409 : 202));

        Build build = jenkins.build(
                process.approval("signWith: 'calls'", "retry: [count: 2, on: [409], delay: 2, maxDelay: 2]"));
        String id = process.awaitCallback().id();
        process.awaitCall();
        Call third = process.awaitCall();
        third.callback().succeed("");
        build.awaitResult("SUCCESS");

        Set<String> times = new HashSet<>();
        for (Call call : process.calls()) {
            assertSigned(call, id);
            times.add(call.header("webhook-timestamp"));
        }
        assertThat(times).hasSizeGreaterThan(1);
        assertThat(process.calls()).hasSize(3);
    }

    @Test
    void settingsDefineSignedWebhooksWithASignedCancelWebhook() throws IOException {
        process.onCall(call -> Reply.of(process.calls().size() < 2 ? 409 : 202));
        Build build = jenkins.build(
                "armoryWebhookApproval(webhook: 'signed-checks', context: [uri: '%s'])".formatted(process.url()));
        process.awaitCall();
        Call call = process.awaitCall();
        String id = call.json().get("approvalId").asText();
        build.awaitWaiting(1);
        assertSecretsAreNotOnDisk();

        build.abort();
        Call cancel = process.awaitCall();

        assertSigned(call, id);
        assertThat(cancel.path()).endsWith("/stop");
        assertSigned(cancel, id + "-cancel");
        build.awaitResult("ABORTED");
        assertThat(build.log()).doesNotContain(OLD, NEW);
        assertSecretsAreNotOnDisk();
    }

    private static void assertSecretsAreNotOnDisk() throws IOException {
        try (Stream<Path> all = Files.walk(jenkins.controller().home())) {
            for (Path file : all.filter(Files::isRegularFile).toList()) {
                String name = file.getFileName().toString();
                if (name.equals("casc.yaml")
                        || file.getParent().endsWith("casc")
                        || name.endsWith(".jar")
                        || name.endsWith(".jpi")
                        || name.endsWith(".hpi")) {
                    continue;
                }
                assertThat(contentOf(file))
                        .as(file.toString())
                        .doesNotContain(OLD)
                        .doesNotContain(NEW);
            }
        }
    }

    private static String contentOf(Path file) throws IOException {
        try {
            return new String(Files.readAllBytes(file), StandardCharsets.ISO_8859_1);
        } catch (NoSuchFileException x) {
            return ""; // of the journal, which goes to other files meanwhile
        }
    }

    @Test
    void mistakesAreFoundBeforeAnythingIsSent() {
        Mistakes.assertNamed(
                jenkins,
                process.approval("%s"),
                "signWith: 'nosuch' | webhook 'checks': signWith: there is no Secret text \"nosuch\" that may be used here",
                "signWith: 'team' | webhook 'checks': signWith: \"team\" does not begin with whsec_",
                "signWith: 'default' | webhook 'checks': signWith: \"default\" is a credential that Manage Jenkins",
                "signWith: 'calls', headers: [[key: 'Webhook-Id', value: 'x']] | headers: Webhook-Id is set by signWith",
                "retry: [count: 1], retryCount: 1 | retry: retryCount says the same; leave it out",
                "retry: [count: 1, on: ['2xx']] | retry: on: \"2xx\" is neither the status of a failure",
                "retry: [cuont: 1] | armoryWebhookApproval: retry.cuont: there is no such parameter; did you mean count?",
                "retry: 3 | armoryWebhookApproval: retry: must be a map with the keys count, delay, maxDelay, on",
                "requestTimeout: 301 | requestTimeout: 301 is not a number of seconds from 1 to 300",
                "cancel: [uriTemplate: 'http://127.0.0.1/', signWith: 'nosuch'] | webhook 'cancel': signWith: there is no Secret text");
        assertThat(process.calls()).isEmpty();
    }

    @Test
    void onlyAnswersThatAreNamedAreRepeated() {
        process.onCall(call -> Reply.of(503));

        Build build = jenkins.build(process.approval("retry: [count: 5, on: ['429']]"));

        assertThat(build.awaitResult("FAILURE")).contains("answered 503");
        assertThat(process.calls()).hasSize(1);
    }
}
