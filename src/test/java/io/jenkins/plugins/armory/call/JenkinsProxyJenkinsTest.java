package io.jenkins.plugins.armory.call;

import static org.assertj.core.api.Assertions.assertThat;

import hudson.ProxyConfiguration;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import mockwebserver3.MockResponse;
import mockwebserver3.MockWebServer;
import mockwebserver3.RecordedRequest;
import okhttp3.Credentials;
import okhttp3.OkHttpClient;
import okhttp3.Request;
import okhttp3.Response;
import org.junit.jupiter.api.Test;
import org.jvnet.hudson.test.JenkinsRule;
import org.jvnet.hudson.test.junit.jupiter.WithJenkins;

@WithJenkins
class JenkinsProxyJenkinsTest {

    @Test
    void isGoneThroughAndToldWhoCalls(JenkinsRule j) throws Exception {
        OkHttpClient client = JenkinsProxy.client(); // made before the settings, which it reads at each use
        try (var proxy = new MockWebServer()) {
            proxy.start(InetAddress.getLoopbackAddress(), 0);
            proxy.enqueue(new MockResponse.Builder()
                    .code(407)
                    .addHeader("Proxy-Authenticate", "Basic realm=\"p\"")
                    .build());
            proxy.enqueue(new MockResponse.Builder().code(200).build());
            proxy.enqueue(new MockResponse.Builder().code(200).build());
            j.jenkins.setProxy(new ProxyConfiguration(
                    "127.0.0.1", proxy.getPort(), "jenkins", "pw", "*.direct.example\nlocalhost"));

            assertThat(status(client, "http://issuer.invalid/keys")).isEqualTo(200);

            proxy.takeRequest();
            RecordedRequest second = proxy.takeRequest();
            assertThat(second.getRequestLine()).isEqualTo("GET http://issuer.invalid/keys HTTP/1.1");
            assertThat(second.getHeaders().get("Proxy-Authorization"))
                    .isEqualTo(Credentials.basic("jenkins", "pw", StandardCharsets.UTF_8));
            assertThat(status(client, "http://localhost:" + proxy.getPort() + "/direct"))
                    .isEqualTo(200);
            assertThat(proxy.takeRequest().getRequestLine()).isEqualTo("GET /direct HTTP/1.1");
            assertThat(JenkinsProxy.forHost("ci.direct.example")).isNull();
            assertThat(JenkinsProxy.forHost("ci.example")).hasToString("127.0.0.1:" + proxy.getPort());
        }
    }

    private static int status(OkHttpClient client, String url) throws Exception {
        try (Response response =
                client.newCall(new Request.Builder().url(url).build()).execute()) {
            return response.code();
        }
    }
}
