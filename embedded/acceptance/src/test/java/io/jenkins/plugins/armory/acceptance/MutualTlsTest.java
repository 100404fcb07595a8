package io.jenkins.plugins.armory.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import io.jenkins.plugins.armory.acceptance.driver.Build;
import io.jenkins.plugins.armory.acceptance.driver.Certificate;
import io.jenkins.plugins.armory.acceptance.driver.Controller;
import io.jenkins.plugins.armory.acceptance.driver.ExternalProcess;
import io.jenkins.plugins.armory.acceptance.driver.ExternalProcess.Reply;
import io.jenkins.plugins.armory.acceptance.driver.Jenkins;
import java.net.InetSocketAddress;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Services that want a certificate of the client, or have one of an authority that Java does not know. */
class MutualTlsTest {

    private static final Certificate SERVER = new Certificate("ip:127.0.0.1");
    private static final Certificate CLIENT = new Certificate("dns:jenkins.example.com");
    private static final Certificate OTHER = new Certificate("dns:other.example.com");

    private static Controller controller;
    private static Jenkins jenkins;

    private final ExternalProcess process =
            new ExternalProcess(new InetSocketAddress("127.0.0.1", 0), SERVER.serverFor(CLIENT), true);

    @BeforeAll
    static void startController() {
        String indent = " ".repeat(10);
        controller = Controller.create(Settings.CASC.replace(
                "- string: {id: default,",
                CLIENT.asCredential("client-key") + indent + OTHER.asCredential("other-key") + indent
                        + SERVER.asAuthority("ca") + indent + OTHER.asAuthority("other-ca") + indent
                        + "- string: {id: default,"));
        controller.start();
        jenkins = new Jenkins(controller);
    }

    @AfterEach
    void closeProcess() {
        process.close();
    }

    @AfterAll
    static void stop() {
        controller.close();
    }

    private Build build(String parameters) {
        return jenkins.build(process.approval(parameters));
    }

    @Test
    void certificateIsShownAndTheAuthorityTrusted() {
        Build build = build("clientCertificateId: 'client-key', trustCertificateId: 'ca'");

        process.awaitCallback().succeed("");

        build.awaitResult("SUCCESS");
    }

    @Test
    void cancelWebhookHasCertificatesOfItsOwn() {
        String certificates = "clientCertificateId: 'client-key', trustCertificateId: 'ca'";
        Build build =
                build(certificates + ", cancel: [uriTemplate: '" + process.url() + "/stop', " + certificates + "]");
        process.awaitCall();
        build.awaitWaiting(1);

        build.abort();

        assertThat(process.awaitCall().path()).endsWith("/stop");
        build.awaitResult("ABORTED");
    }

    @Test
    void statusIsAskedForWithTheCertificatesOfTheWebhook() {
        process.onCall(call ->
                call.method().equals("GET") ? new Reply(200, Map.of(), "{\"state\": \"passed\"}") : Reply.of(202));
        Build build = build("clientCertificateId: 'client-key', trustCertificateId: 'ca', status: [uriTemplate: '"
                + process.url() + "', every: 5, pointer: '/state', success: ['passed']]");

        assertThat(build.awaitResult("SUCCESS"))
                .contains("succeeded (status of https://127.0.0.1:" + process.port() + ")");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "trustCertificateId: 'ca' | asks for a client certificate; name a certificate credential in clientCertificateId",
                "clientCertificateId: 'other-key', trustCertificateId: 'ca' | clientCertificateId names the right one, and that the service trusts its authority",
                "clientCertificateId: 'client-key', trustCertificateId: 'other-ca' | its certificate is not from an authority of trustCertificateId",
                "clientCertificateId: 'client-key' | its certificate is not from an authority that Jenkins's Java trusts",
                "clientCertificateId: 'nosuch' | webhook 'checks': clientCertificateId: there is no certificate credential \"nosuch\" that may be used here",
                "clientCertificateId: 'team' | webhook 'checks': clientCertificateId: there is no certificate credential \"team\"",
                "clientCertificateId: 'ca' | webhook 'checks': clientCertificateId: \"ca\" has 0 keys; it has to have the one of the client",
                "trustCertificateId: 'client-key' | webhook 'checks': trustCertificateId: \"client-key\" has no trusted certificate; make a key store with one",
            })
    void whatIsWrongIsNamed(String parameters, String message) {
        Build build = build(parameters);

        assertThat(build.awaitResult("FAILURE")).contains(message);
        assertThat(process.calls()).isEmpty();
    }
}
