package io.jenkins.plugins.armory.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import io.jenkins.plugins.armory.acceptance.driver.Answer;
import io.jenkins.plugins.armory.acceptance.driver.Build;
import io.jenkins.plugins.armory.acceptance.driver.ExternalProcess;
import io.jenkins.plugins.armory.acceptance.driver.ExternalProcess.Reply;
import io.jenkins.plugins.armory.acceptance.driver.Jenkins;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Webhooks that cannot be called: the build fails, its log says why and what to check, and gives nothing away. */
@AcceptanceTest
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class WebhookFailureTest {

    private static final String HEADER_VALUE = "value-of-a-header-that-nobody-may-see";

    /** Waits for an answer while the other tests run. */
    private static Build unanswered;

    private static String unansweredHost;

    @BeforeAll
    static void callWithoutGettingAnAnswer(Jenkins jenkins, ExternalProcess process) {
        process.holdAnswers();
        unanswered = build(jenkins, process.url());
        unansweredHost = hostOf(process.url());
    }

    @Test
    void hostThatCannotBeConnectedTo(Jenkins jenkins) {
        ExternalProcess closed = new ExternalProcess();
        closed.close();

        assertFails(
                build(jenkins, closed.url()),
                hostOf(closed.url())
                        + " cannot be connected to; check host and port in uriTemplate, and that the service is up");
    }

    @Test
    void hostThatDoesNotExist(Jenkins jenkins) {
        assertFails(
                build(jenkins, "http://host.invalid/checks"),
                "http://host.invalid cannot be found; check the host name in uriTemplate, and Jenkins's DNS");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "500 | look at the log of the service that was called",
                "503 | look at the log of the service that was called",
                "401 | check the credentials in the webhook's headers, and what they are allowed to do",
                "404 | check the method and the path of uriTemplate",
                "422 | check the body and its Content-Type",
            })
    void refusal(int status, String whatToCheck, Jenkins jenkins, ExternalProcess process) {
        process.onCall(call -> Reply.of(status));

        assertFails(build(jenkins, process.url()), hostOf(process.url()) + " answered " + status + "; " + whatToCheck);
    }

    @Test
    void redirectIsNotFollowed(Jenkins jenkins, ExternalProcess process) {
        try (ExternalProcess elsewhere = new ExternalProcess()) {
            process.onCall(call -> new Reply(302, Map.of("Location", elsewhere.url()), ""));

            assertFails(
                    build(jenkins, process.url()),
                    hostOf(process.url())
                            + " answered 302, a redirect, which is not followed; put the final address into uriTemplate");

            assertThat(process.calls()).hasSize(1);
            assertThat(elsewhere.calls()).isEmpty();
        }
    }

    @Test
    void serviceThatDoesNotSpeakHttp(Jenkins jenkins) throws IOException {
        try (ServerSocket service = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            Thread thread = new Thread(() -> greet(service));
            thread.setDaemon(true);
            thread.start();
            String host = "http://127.0.0.1:" + service.getLocalPort();

            assertFails(
                    build(jenkins, host + "/checks"),
                    host
                            + " did not answer with HTTP; check that host and port in uriTemplate are those of an HTTP service");
        }
    }

    private static void greet(ServerSocket service) {
        try (Socket socket = service.accept()) {
            socket.getOutputStream().write("220 mail.example.com ESMTP\r\n".getBytes(StandardCharsets.US_ASCII));
            socket.getInputStream().transferTo(OutputStream.nullOutputStream());
        } catch (IOException x) {
            throw new UncheckedIOException(x);
        }
    }

    @Test
    @Order(Integer.MAX_VALUE)
    void serviceThatDoesNotAnswer() {
        assertFails(
                unanswered,
                unansweredHost
                        + " did not answer within 30 seconds; a webhook has to answer at once and do its work after that, or needs a longer requestTimeout");
    }

    /** A build whose webhook has a path, a header and a body that are nobody's business. */
    private static Build build(Jenkins jenkins, String uri) {
        return jenkins.createJob("""
                armoryWebhookApproval(
                    name: 'checks',
                    uriTemplate: '%s?key=%s',
                    headers: [[key: 'X-Api-Key', value: '%s']],
                    bodyTemplate: [inline: '{"uri": "{{armory.callbackUri}}", "token": "{{armory.callbackToken}}"}'])
                """.formatted(uri, HEADER_VALUE, HEADER_VALUE)).build();
    }

    private static String hostOf(String url) {
        return url.substring(0, url.lastIndexOf('/'));
    }

    private static void assertFails(Build build, String reason) {
        assertThat(build.awaitResult("FAILURE"))
                .contains("Webhook 'checks' could not be called: " + reason + "\n")
                .doesNotContain(HEADER_VALUE)
                .doesNotContainPattern("[0-9a-f]{48}\\."); // as callback tokens begin
        assertThat(build.approvals()).singleElement().satisfies(approval -> {
            assertThat(approval.at("/decision/outcome").asText()).isEqualTo("NOT_SENT");
            assertThat(approval.at("/decision/mdMessage").asText()).isEqualTo(reason);
            Answer late = build.callback(approval, Settings.DEFAULT_SECRET).succeed("too late");
            assertThat(late).returns(410, Answer::status);
            assertThat(late.json().get("message").asText())
                    .isEqualTo("The approval ended because its webhook could not be called.");
        });
    }
}
