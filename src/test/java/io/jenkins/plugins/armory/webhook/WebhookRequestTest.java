package io.jenkins.plugins.armory.webhook;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.jenkins.plugins.armory.webhook.Webhook.Header;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class WebhookRequestTest {

    private static final WebhookRequest.Defaults DEFAULTS =
            new WebhookRequest.Defaults("a1", "strategy", "https://jenkins/job/deploy/1/");

    private static Variables variables(Map<String, String> context) {
        return new Variables()
                .with(Variables.CALLBACK_URI, "https://jenkins/armory/approvals/a1")
                .with(Variables.CALLBACK_TOKEN, "t0ken")
                .with(Variables.DEPLOYMENT_ID, "deploy#1")
                .with(Variables.ENVIRONMENT_NAME, "staging")
                .withContext(context);
    }

    private static WebhookRequest request(String uri, List<Header> headers, String body, Map<String, String> context)
            throws TemplateException {
        return WebhookRequest.of(new Webhook("w", "post", uri, headers, body), variables(context), DEFAULTS);
    }

    private static JsonNode json(String text) {
        try {
            return new ObjectMapper().readTree(text);
        } catch (IOException x) {
            throw new AssertionError(x);
        }
    }

    @Test
    void hasADefaultBody() throws TemplateException {
        WebhookRequest request = request("https://ci/start", List.of(), null, Map.of("ref", "main"));

        assertThat(request.method()).isEqualTo("POST");
        assertThat(json(request.body()))
                .isEqualTo(json("{\"callbackUri\":\"https://jenkins/armory/approvals/a1\",\"approvalId\":\"a1\","
                        + "\"deploymentId\":\"deploy#1\",\"environment\":\"staging\",\"phase\":\"strategy\","
                        + "\"context\":{\"ref\":\"main\"},\"buildUrl\":\"https://jenkins/job/deploy/1/\"}"));
        assertThat(request.headers()).extracting(Header::key, Header::value).containsExactly(
                tuple("Content-Type", "application/json"));
    }

    @Test
    void escapesForTheUri() throws TemplateException {
        Map<String, String> context = Map.of("uri", "http://ci:8080/start?a=b", "ref", "a&b=c/d é?#%\n{{x}}");

        assertThat(request("https://ci/{{context.ref}}?r={{context.ref}}", List.of(), null, context).url())
                .hasToString("https://ci/a%26b%3Dc%2Fd%20%C3%A9%3F%23%25%0A%7B%7Bx%7D%7D"
                        + "?r=a%26b%3Dc%2Fd%20%C3%A9%3F%23%25%0A%7B%7Bx%7D%7D");
        assertThat(request("{{context.uri}}&cb={{armory.callbackUri}}/callback", List.of(), null, context).url())
                .hasToString("http://ci:8080/start?a=b&cb=https%3A%2F%2Fjenkins%2Farmory%2Fapprovals%2Fa1/callback");
    }

    @Property(tries = 1000)
    void aValueStaysInsideItsJsonString(@ForAll String value) throws TemplateException {
        WebhookRequest request = request(
                "https://ci/", List.of(), "{\"a\": \"{{context.x}}\", \"b\": 1}", Map.of("x", value));

        JsonNode body = json(request.body());
        assertThat(body.size()).isEqualTo(2);
        assertThat(body.get("a").textValue()).isEqualTo(value);
    }

    @Property(tries = 1000)
    void aValueStaysInsideItsQueryParameter(@ForAll String value) throws TemplateException {
        String wellFormed = new String(value.getBytes(StandardCharsets.UTF_8), StandardCharsets.UTF_8);
        WebhookRequest request =
                request("https://ci/start?a={{context.x}}&b=1", List.of(), null, Map.of("x", wellFormed));

        assertThat(request.url().host()).isEqualTo("ci");
        assertThat(request.url().encodedPath()).isEqualTo("/start");
        assertThat(request.url().queryParameter("a")).isEqualTo(wellFormed);
        assertThat(request.url().querySize()).isEqualTo(2);
    }

    @Test
    void refusesJsonThatIsNoneOnceRenderedWithLineAndColumn() {
        assertThatThrownBy(() -> request("https://ci/", List.of(), "{\"a\": 1\n \"b\": 2}", Map.of()))
                .isInstanceOf(TemplateException.class)
                .hasMessageContaining("bodyTemplate: is not JSON once rendered: error at line 2, column 2");
        assertThatThrownBy(() -> request("https://ci/", List.of(), "{\"a\": {{context.n}}}", Map.of("n", "1, \"b\": 2")))
                .hasMessageContaining("bodyTemplate: is not JSON");
    }

    @Test
    void leavesABodyThatIsNotJsonAlone() throws TemplateException {
        List<Header> headers = List.of(new Header("content-type", "text/plain"));

        assertThat(request("https://ci/", headers, "say \"{{context.x}}\"", Map.of("x", "\"hi\"")).body())
                .isEqualTo("say \"\"hi\"\"");
    }

    @Test
    void neverBreaksAHeader() throws TemplateException {
        List<Header> headers = List.of(new Header("X-Ref", "{{context.x}}"), new Header("Authorization", "Bearer x"));

        assertThat(request("https://ci/", headers, null, Map.of("x", "a b")).headers())
                .extracting(Header::value)
                .startsWith("a b", "Bearer x");
        for (String hostile : List.of("a\r\nX-Evil: 1", "a\nb", "a\0b", "é")) {
            assertThatThrownBy(() -> request("https://ci/", headers, null, Map.of("x", hostile)))
                    .as(hostile)
                    .isInstanceOf(TemplateException.class)
                    .hasMessageContaining("headers: X-Ref")
                    .hasMessageNotContaining("Evil");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"ftp://ci/", "ci/start", "//ci/", "file:///etc/passwd", "https://", "http://a b/", "https://ci:99999/"})
    void refusesAnAddressThatCannotBeCalled(String uri) {
        assertThatThrownBy(() -> request(uri, List.of(), null, Map.of()))
                .isInstanceOf(TemplateException.class)
                .hasMessageStartingWith("uriTemplate: ");
    }

    @Test
    void putsInSecretsAndNamesThoseThatAreMissing() throws TemplateException {
        Variables variables = variables(Map.of("x", "{{secrets.ci}}"))
                .withSecrets(id -> id.equals("ci") ? "s3\"cret" : null);
        Webhook webhook = new Webhook(
                "w",
                "POST",
                "https://ci/?t={{secrets.ci}}",
                List.of(new Header("Authorization", "Bearer {{secrets.ci}}")),
                "{\"t\": \"{{secrets.ci}}\", \"x\": \"{{context.x}}\"}");

        WebhookRequest request = WebhookRequest.of(webhook, variables, DEFAULTS);

        assertThat(request.url()).hasToString("https://ci/?t=s3%22cret");
        assertThat(request.headers()).extracting(Header::value).contains("Bearer s3\"cret");
        assertThat(json(request.body())).isEqualTo(json("{\"t\": \"s3\\\"cret\", \"x\": \"{{secrets.ci}}\"}"));
        assertThat(request).hasToString("POST https://ci");
        assertThatThrownBy(() -> request("https://ci/{{secrets.other}}", List.of(), null, Map.of()))
                .isInstanceOf(TemplateException.class)
                .hasMessageContaining("there is no Secret text credential \"other\" that this job may use");
    }

    @Test
    void anErrorNeverHoldsASecret() {
        Variables variables = variables(Map.of()).withSecrets(id -> "s3cret\r\n}{");
        for (Webhook webhook : List.of(
                new Webhook("w", "POST", "https://ci/", List.of(new Header("X", "{{secrets.a}}")), null),
                new Webhook("w", "POST", "{{secrets.a}}", List.of(), null),
                new Webhook("w", "POST", "https://{{secrets.a}}:99999/", List.of(), null),
                new Webhook("w", "POST", "https://ci/", List.of(), "{\"a\": {{secrets.a}}}"))) {
            assertThatThrownBy(() -> WebhookRequest.of(webhook, variables, DEFAULTS))
                    .isInstanceOf(TemplateException.class)
                    .hasMessageNotContaining("s3cret")
                    .hasNoCause();
        }
    }

    @Test
    void showsNothingThatMayBeSecret() throws TemplateException {
        WebhookRequest request =
                request("https://user:pw@ci:8443/s3cret?token={{armory.callbackToken}}", List.of(), null, Map.of());

        assertThat(request).hasToString("POST https://ci:8443");
        assertThat(request("http://[::1]/", List.of(), null, Map.of())).hasToString("POST http://[::1]");
    }

    @Test
    void aWebhookCannotBeHalfDefined() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new Webhook(" ", "POST", "https://ci/", List.of(), null))
                .withMessageStartingWith("name: ");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new Webhook("w", "POST", null, List.of(), null))
                .withMessageStartingWith("uriTemplate: ");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new Webhook("w", "BREW", "https://ci/", List.of(), null))
                .withMessageContaining("\"BREW\" is not one of POST, GET");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new Webhook("w", "GET", "https://ci/", List.of(), "{}"))
                .withMessageStartingWith("bodyTemplate: ");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new Header("a b", "x"))
                .withMessageStartingWith("headers: ");
    }

    @Test
    void knowsWhatItsTemplatesMention() {
        Webhook webhook = new Webhook(
                "w", "POST", "https://ci/", List.of(new Header("X-Token", "{{ armory.callbackToken }}")), "{}");

        assertThat(webhook.mentions(Variables.CALLBACK_TOKEN)).isTrue();
        assertThat(webhook.mentions(Variables.CALLBACK_URI)).isFalse();
    }
}
