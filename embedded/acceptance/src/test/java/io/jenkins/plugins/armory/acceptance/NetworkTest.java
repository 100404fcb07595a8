package io.jenkins.plugins.armory.acceptance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.jenkins.plugins.armory.acceptance.driver.Build;
import io.jenkins.plugins.armory.acceptance.driver.Certificate;
import io.jenkins.plugins.armory.acceptance.driver.Controller;
import io.jenkins.plugins.armory.acceptance.driver.ExternalProcess;
import io.jenkins.plugins.armory.acceptance.driver.ExternalProcess.Reply;
import io.jenkins.plugins.armory.acceptance.driver.Jenkins;
import io.jenkins.plugins.armory.acceptance.driver.Tinyproxy;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * What lies between a controller and the services that it calls: a proxy, certificates, and name servers that do not
 * mean well. The controller has its names from a file here, and keeps none of them.
 */
class NetworkTest {

    private static final Certificate TRUSTED = new Certificate("ip:127.0.0.1");

    private static Path names;
    private static Tinyproxy proxy;
    private static Controller controller;
    private static Jenkins jenkins;

    @BeforeAll
    static void startController(@TempDir Path folder) throws Exception {
        assumeTrue(Tinyproxy.isInstalled(), "tinyproxy is not installed");
        names = folder.resolve("hosts");
        name(Map.of());
        proxy = new Tinyproxy();
        List<String> options = new ArrayList<>(TRUSTED.trustingOptions());
        options.add("-Djdk.net.hosts.file=" + names);
        options.add("-Dsun.net.inetaddr.ttl=0");
        options.add("-Dsun.net.inetaddr.negative.ttl=0");
        controller = Controller.create(
                """
                jenkins:
                  proxy:
                    name: "127.0.0.1"
                    port: %d
                    userName: "%s"
                    secretPassword: "%s"
                    noProxyHost: "127.0.0.1,*.direct.example"
                unclassified:
                  armory:
                    allowedHosts: ["127.0.0.1", "proxied.example", "*.direct.example", "127.0.0.2"]
                """.formatted(proxy.port(), Tinyproxy.USER, Tinyproxy.PASSWORD), options.toArray(String[]::new));
        controller.start();
        jenkins = new Jenkins(controller);
    }

    @AfterAll
    static void closeController() {
        if (controller != null) {
            controller.close();
        }
        if (proxy != null) {
            proxy.close();
        }
    }

    /** Gives names their addresses, from the next look-up on. */
    private static void name(Map<String, String> addresses) {
        List<String> lines = new ArrayList<>(List.of("127.0.0.1 localhost"));
        try {
            lines.add("127.0.0.1 " + InetAddress.getLocalHost().getHostName());
            addresses.forEach((name, address) -> lines.add(address + " " + name));
            Path next = names.resolveSibling("next");
            Files.write(next, lines);
            Files.move(next, names, StandardCopyOption.ATOMIC_MOVE);
        } catch (IOException x) {
            throw new UncheckedIOException(x);
        }
    }

    private static Build call(String uri, String... more) {
        String parameters = more.length == 0 ? "" : ", " + String.join(", ", more);
        return jenkins.build("armoryWebhookApproval(name: 'checks', uriTemplate: '%s', disableCallback: true%s)"
                .formatted(uri, parameters));
    }

    @Test
    void proxyIsUsedAndToldWhoCalls() {
        // The proxy knows the name, by the machine's own means; the controller has no way to look it up.
        try (ExternalProcess process = new ExternalProcess()) {
            String uri = "http://127.0.0.2:%d/checks";
            try (ExternalProcess elsewhere = new ExternalProcess(new InetSocketAddress("127.0.0.2", 0), null)) {
                Build build = call(uri.formatted(elsewhere.port()));
                build.awaitResult("SUCCESS");
                assertThat(elsewhere.awaitCall().header("Proxy-Authorization")).isNull();
                assertThat(proxy.requests()).contains("POST " + uri.formatted(elsewhere.port()) + " HTTP/1.1");
            }
            int before = proxy.requests().size();
            call(process.url()).awaitResult("SUCCESS");
            assertThat(process.calls()).hasSize(1);
            assertThat(proxy.requests()).as("not for hosts without a proxy").hasSize(before);
        }
    }

    @Test
    void hostThatTheProxyCannotReachIsNamedWithTheProxy() {
        Build build = call("https://proxied.example/checks");

        assertThat(build.awaitResult("FAILURE"))
                .contains("https://proxied.example cannot be reached through the proxy 127.0.0.1:" + proxy.port()
                        + "; check the proxy in Manage Jenkins » System")
                .doesNotContain(Tinyproxy.PASSWORD);
    }

    @Test
    void listOfHostsHoldsForTheProxyToo() {
        int before = proxy.requests().size();

        assertThat(call("http://evil.example/checks").awaitResult("FAILURE"))
                .contains("http://evil.example may not be called: evil.example is not in the list of allowed hosts");
        assertThat(proxy.requests()).hasSize(before);
    }

    private static ExternalProcess secure(Certificate certificate) {
        return new ExternalProcess(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), certificate.server());
    }

    @Test
    void certificateOfATrustedAuthorityIsGoodEnough() {
        try (ExternalProcess process = secure(TRUSTED)) {
            call(process.url()).awaitResult("SUCCESS");
            assertThat(process.calls()).hasSize(1);
        }
    }

    @Test
    void certificateForAnotherHostIsNot() {
        name(Map.of("ci.direct.example", "127.0.0.2"));
        try (ExternalProcess process = new ExternalProcess(new InetSocketAddress("127.0.0.2", 0), TRUSTED.server())) {
            assertThat(call(process.url("ci.direct.example")).awaitResult("FAILURE"))
                    .contains(
                            "cannot be trusted: its certificate is for another host; check the host name in uriTemplate");
            assertThat(process.calls()).isEmpty();
        }
    }

    @Test
    void nameThatIsBoundToAnotherAddressBetweenTwoAttemptsLeadsNowhere() {
        String host = "rebound.direct.example";
        name(Map.of(host, "127.0.0.2"));
        try (ExternalProcess allowed = new ExternalProcess(new InetSocketAddress("127.0.0.2", 0), null);
                ExternalProcess inside =
                        new ExternalProcess(new InetSocketAddress("127.0.0.3", allowed.port()), null)) {
            allowed.onCall(call -> {
                name(Map.of(host, "127.0.0.3"));
                return Reply.of(503);
            });

            Build build = call(allowed.url(host), "retryCount: 5");

            assertThat(build.awaitResult("FAILURE")).contains("it has the private address 127.0.0.3");
            assertThat(allowed.calls()).hasSize(1);
            assertThat(inside.calls()).isEmpty();
        }
    }

    @Test
    void nameWithAnAllowedAndAnotherAddressIsCalledAtTheAllowedOneAlone() throws IOException {
        String host = "both.direct.example";
        Files.write(names, List.of("127.0.0.1 localhost", "127.0.0.3 " + host, "127.0.0.2 " + host));
        try (ExternalProcess allowed = new ExternalProcess(new InetSocketAddress("127.0.0.2", 0), null);
                ExternalProcess inside =
                        new ExternalProcess(new InetSocketAddress("127.0.0.3", allowed.port()), null)) {
            call(allowed.url(host)).awaitResult("SUCCESS");

            assertThat(allowed.calls()).hasSize(1);
            assertThat(inside.calls()).isEmpty();
        }
    }
}
