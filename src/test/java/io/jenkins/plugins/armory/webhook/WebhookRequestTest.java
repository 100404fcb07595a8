package io.jenkins.plugins.armory.webhook;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import edu.umd.cs.findbugs.annotations.CheckForNull;
import io.jenkins.plugins.armory.Draw;
import io.jenkins.plugins.armory.Seeds;
import io.jenkins.plugins.armory.webhook.Webhook.Header;
import io.jenkins.plugins.armory.webhook.WebhookRequest.RenderedHeader;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.ObjectInputStream;
import java.io.ObjectOutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import okhttp3.HttpUrl;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class WebhookRequestTest {

    private static Variables variables(Map<String, String> context) {
        return new Variables()
                .with(Variables.CALLBACK_URI, "https://jenkins/armory/approvals/a1")
                .with(Variables.CALLBACK_TOKEN, "t0ken")
                .with(Variables.APPROVAL_ID, "a1")
                .with(Variables.DEPLOYMENT_ID, "deploy#1")
                .with(Variables.BUILD_URL, "https://jenkins/job/deploy/1/")
                .with(Variables.PHASE, "strategy")
                .with(Variables.ENVIRONMENT_NAME, "staging")
                .withContext(context);
    }

    private static WebhookRequest request(String uri, List<Header> headers, String body, Map<String, String> context)
            throws UndeliverableException {
        return Renderers.of(webhook(uri, headers, body), variables(context)).render();
    }

    /** Returns a POST webhook. It awaits a callback only if it has the default body. */
    private static Webhook webhook(String uri, List<Header> headers, String body) {
        return Webhook.named("w")
                .method("post")
                .uriTemplate(uri)
                .headers(headers)
                .body(body)
                .disableCallback(body != null)
                .build();
    }

    private static JsonNode json(String text) {
        try {
            return new ObjectMapper().readTree(text);
        } catch (IOException x) {
            throw new AssertionError(x);
        }
    }

    /** A limit for the calls to one host must not count each spelling of its name as another host. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "http://ci.example.com:8080/",
                "HTTP://CI.Example.Com:08080",
                "http://{{context.host}}:8080/x?y#z",
                "{{context.base}}{{context.host}}:{{context.port}}/",
                " http://c\u00adi.example.com:8080/"
            })
    void aHostIsTheSameHoweverItIsWritten(String uri) throws UndeliverableException {
        Variables variables = variables(Map.of("base", "http://", "host", "Ci.example.COM", "port", "0008080"));

        assertThat(Renderers.of(webhook(uri, List.of(), "{}"), variables).hostAndPort())
                .isEqualTo("ci.example.com:8080");
    }

    /** It is asked for before it is the call's turn, and a vault may take its time. */
    @Test
    void theHostIsFoundWithoutLookingUpASecret() throws UndeliverableException {
        Variables variables = variables(Map.of()).withSecrets(id -> {
            throw new AssertionError(id);
        });

        assertThat(Renderers.of(
                                webhook("https://ci.example.com/{{secrets.key}}?x={{secrets.x}}", List.of(), "{}"),
                                variables)
                        .hostAndPort())
                .isEqualTo("ci.example.com:443");
        String ofOne = Renderers.of(webhook("{{secrets.one}}/x", List.of(), "{}"), variables)
                .hostAndPort();
        assertThat(Renderers.of(webhook("{{secrets.one}}{{secrets.x}}", List.of(), "{}"), variables)
                        .hostAndPort())
                .isEqualTo(ofOne);
        assertThat(Renderers.of(webhook("{{secrets.other}}", List.of(), "{}"), variables)
                        .hostAndPort())
                .isNotEqualTo(ofOne);
    }

    @ParameterizedTest
    @CsvSource({
        "https://ci.example.com,       ci.example.com:443",
        "https://ci.example.com:443/,  ci.example.com:443",
        "http://ci.example.com:8443/,  ci.example.com:8443",
        "http://[::1]/,                ::1:80",
        "http://[0:0:0:0:0:0:0:1]:80/, ::1:80",
        "http://b\u00fccher.example/, xn--bcher-kva.example:80",
    })
    void aHostIsTheOneThatTheClientConnectsTo(String uri, String hostAndPort) throws UndeliverableException {
        assertThat(Renderers.of(webhook(uri, List.of(), "{}"), variables(Map.of()))
                        .hostAndPort())
                .isEqualTo(hostAndPort);
    }

    /** Name servers are asked for a host before it is known whether it may be called. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "https://{{secrets.key}}.example.com/",
                "https://ci.example.com:{{secrets.key}}/",
                "https://ci-{{armory.callbackToken}}",
                "{{context.base}}{{secrets.key}}",
                "{{secrets.base}}{{secrets.key}}.example.com"
            })
    void aSecretIsNoPartOfTheHost(String uri) {
        Variables variables =
                variables(Map.of("base", "HTTPS://")).withSecrets(id -> id.equals("base") ? "https://ci." : "s3cr3t");

        assertThatThrownBy(() ->
                        Renderers.of(webhook(uri, List.of(), "{}"), variables).render())
                .isInstanceOf(UndeliverableException.class)
                .hasMessageStartingWith("webhook 'w': uriTemplate: {{")
                .hasMessageContaining("would be a part of the host")
                .hasMessageNotContaining("s3cr3t");
    }

    /** Else what follows would be taken for the host, such as a secret. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "https:///{{secrets.key}}/x",
                "https://{{context.nothing}}/{{secrets.key}}",
                "https://{{context.nothing}}\\{{secrets.key}}",
                "{{context.base}}/{{secrets.key}}/x",
                "{{context.base}}?key={{secrets.key}}",
                "{{context.base}}"
            })
    void anEmptyHostIsNone(String uri) {
        Variables variables =
                variables(Map.of("base", "HTTPS://", "nothing", "")).withSecrets(id -> "s3cr3t");

        assertThatThrownBy(() ->
                        Renderers.of(webhook(uri, List.of(), "{}"), variables).render())
                .isInstanceOf(UndeliverableException.class)
                .hasMessageNotContaining("s3cr3t");
    }

    /** Else the second value would be inserted as it is, and choose the host. */
    @Test
    void anEmptyStartLetsNoOtherValueChooseTheHost() {
        assertThatThrownBy(() -> request(
                        "{{context.base}}{{context.ref}}",
                        List.of(),
                        null,
                        Map.of("base", "", "ref", "https://evil.example.com/")))
                .isInstanceOf(UndeliverableException.class)
                .hasMessage(
                        "webhook 'w': uriTemplate: {{context.base}} at line 1, column 1: is empty, and the address begins with it");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "https://ci.example.com/{{secrets.key}}",
                "https://ci.example.com?key={{secrets.key}}",
                "{{secrets.address}}"
            })
    void aSecretIsElsewhereInTheUri(String uri) throws UndeliverableException {
        Variables variables = variables(Map.of())
                .withSecrets(id -> id.equals("address") ? "https://ci.example.com/s3cr3t" : "s3cr3t");

        assertThat(Renderers.of(webhook(uri, List.of(), "{}"), variables)
                        .render()
                        .url())
                .hasToString(
                        uri.contains("?") ? "https://ci.example.com/?key=s3cr3t" : "https://ci.example.com/s3cr3t");
    }

    /** Without TLS, nobody would look at the certificates. */
    @ParameterizedTest
    @CsvSource({"client,", ",ca"})
    void certificatesNeedAnAddressWithTls(@CheckForNull String client, @CheckForNull String trust)
            throws UndeliverableException {
        WebhookBuilder webhook = Webhook.named("w")
                .uriTemplate("{{context.scheme}}://ci/start")
                .credentials(new CallCredentials(null, client, trust));

        assertThat(Renderers.of(webhook.build(), variables(Map.of("scheme", "HTTPS")))
                        .hostAndPort())
                .isEqualTo("ci:443");
        assertThatThrownBy(() -> Renderers.of(webhook.build(), variables(Map.of("scheme", "http")))
                        .render())
                .isInstanceOf(UndeliverableException.class)
                .hasMessage(
                        "webhook 'w': uriTemplate: must start with https:// once rendered, since the webhook has a client certificate or"
                                + " authorities of its own, which count with TLS alone");
    }

    @Test
    void hasADefaultBody() throws UndeliverableException {
        WebhookRequest request = request("https://ci/start", List.of(), null, Map.of("ref", "main"));

        assertThat(request.definition().method()).isEqualTo("POST");
        assertThat(json(request.body()))
                .isEqualTo(json(
                        "{\"callbackUri\":\"https://jenkins/armory/approvals/a1\",\"callbackToken\":\"t0ken\",\"approvalId\":\"a1\","
                                + "\"deploymentId\":\"deploy#1\",\"environment\":\"staging\",\"phase\":\"strategy\","
                                + "\"context\":{\"ref\":\"main\"},\"buildUrl\":\"https://jenkins/job/deploy/1/\"}"));
        assertThat(request.headers())
                .extracting(WebhookRequest.RenderedHeader::name, WebhookRequest.RenderedHeader::value)
                .containsExactly(tuple("Content-Type", "application/json"));
    }

    @Test
    void escapesForTheUri() throws UndeliverableException {
        Map<String, String> context = Map.of("uri", "http://ci:8080/start?a=b", "ref", "a&b=c/d é?#%\n{{x}}");

        assertThat(request("https://ci/{{context.ref}}?r={{context.ref}}", List.of(), null, context)
                        .url())
                .hasToString("https://ci/a%26b%3Dc%2Fd%20%C3%A9%3F%23%25%0A%7B%7Bx%7D%7D"
                        + "?r=a%26b%3Dc%2Fd%20%C3%A9%3F%23%25%0A%7B%7Bx%7D%7D");
        assertThat(request("{{context.uri}}&cb={{armory.callbackUri}}/callback", List.of(), null, context)
                        .url())
                .hasToString("http://ci:8080/start?a=b&cb=https%3A%2F%2Fjenkins%2Farmory%2Fapprovals%2Fa1/callback");
    }

    @Test
    void aValueStaysInsideItsJsonString() {
        Seeds.each(1000, draw -> {
            String value = draw.text();
            WebhookRequest request =
                    request("https://ci/", List.of(), "{\"a\": \"{{context.x}}\", \"b\": 1}", Map.of("x", value));

            JsonNode body = json(request.body());
            assertThat(body.size()).isEqualTo(2);
            assertThat(body.get("a").textValue()).isEqualTo(value);
        });
    }

    @Test
    void aValueStaysInsideItsQueryParameter() {
        Seeds.each(1000, draw -> {
            var wellFormed = new String(draw.text().getBytes(StandardCharsets.UTF_8), StandardCharsets.UTF_8);
            WebhookRequest request =
                    request("https://ci/start?a={{context.x}}&b=1", List.of(), null, Map.of("x", wellFormed));

            assertThat(request.url().host()).isEqualTo("ci");
            assertThat(request.url().encodedPath()).isEqualTo("/start");
            assertThat(request.url().queryParameter("a")).isEqualTo(wellFormed);
            assertThat(request.url().querySize()).isEqualTo(2);
        });
    }

    @Test
    void refusesJsonThatIsNoneOnceRenderedWithLineAndColumn() {
        assertThatThrownBy(() -> request("https://ci/", List.of(), "{\"a\": 1\n \"b\": 2}", Map.of()))
                .isInstanceOf(UndeliverableException.class)
                .hasMessageContaining(
                        "bodyTemplate: is not JSON once rendered: a comma, or the end of the object or list, is"
                                + " missing before the text at line 2, column 2");
        assertThatThrownBy(() -> request("https://ci/", List.of(), "{\"a\": [", Map.of()))
                .hasMessageContaining(
                        "bodyTemplate: is not JSON once rendered: it ends before all is closed, at line 1");
        assertThatThrownBy(() -> request("https://ci/", List.of(), "{\"a\": nul}", Map.of()))
                .hasMessageContaining("bodyTemplate: is not JSON once rendered: error at line 1, column ");
    }

    @Test
    void tellsThePlaceInTheTemplateAndNotInWhatItIsRenderedTo() {
        String template = "{\"a\": \"{{context.long}}\" \"b\": 2}";

        assertThatThrownBy(() -> request("https://ci/", List.of(), template, Map.of("long", "\n".repeat(500))))
                .hasMessageContaining("missing before the text at line 1, column " + (template.indexOf("\"b\"") + 1));
    }

    @Test
    void takesWholeJsonValuesOutsideOfStringsAndNothingElse() throws UndeliverableException {
        for (String value : List.of("1", "-1.5e3", "true", "null", "\"x\"", "{\"b\": [1, 2]}", "[]")) {
            WebhookRequest request = request("https://ci/", List.of(), "{\"a\": {{context.n}}}", Map.of("n", value));
            assertThat(json(request.body()).get("a")).isEqualTo(json(value));
        }
        for (String value : List.of("1, \"b\": 2", "1,2", "", "x", "\"", "1 2", "{", "}", "\"a\", \"b\"")) {
            assertThatThrownBy(() -> request("https://ci/", List.of(), "{\"a\": [{{context.n}}]}", Map.of("n", value)))
                    .as(value)
                    .isInstanceOf(UndeliverableException.class)
                    .hasMessage(
                            "webhook 'w': bodyTemplate: {{context.n}} at line 1, column 8: stands outside of a JSON string, and its value"
                                    + " is not JSON; put it between quotes");
        }
    }

    @Test
    void knowsWhereAJsonStringEnds() throws UndeliverableException {
        String body = "{\"a\\\\\": \"\\\"{{context.x}}\\\"\", \"n\": {{context.n}}}";

        assertThat(json(request("https://ci/", List.of(), body, Map.of("x", "\"", "n", "7"))
                        .body()))
                .isEqualTo(json("{\"a\\\\\": \"\\\"\\\"\\\"\", \"n\": 7}"));
    }

    /** Else "new" would become a line feed and "ew", and a quotation mark would end the string. */
    @ParameterizedTest
    @ValueSource(strings = {"new", "\"", "\\"})
    void noValueIsEscapedByWhatIsBeforeIt(String value) throws UndeliverableException {
        assertThatThrownBy(
                        () -> request("https://ci/", List.of(), "{\"a\": \"C:\\{{context.x}}\"}", Map.of("x", value)))
                .isInstanceOf(UndeliverableException.class)
                .hasMessage(
                        "webhook 'w': bodyTemplate: {{context.x}} at line 1, column 11: follows a backslash, which would escape its first"
                                + " character; write two backslashes");
        assertThat(json(request("https://ci/", List.of(), "{\"a\": \"C:\\\\{{context.x}}\"}", Map.of("x", value))
                                .body())
                        .get("a")
                        .textValue())
                .isEqualTo("C:\\" + value);
    }

    @Test
    void leavesABodyThatIsNotJsonAlone() throws UndeliverableException {
        List<Header> headers = List.of(new Header("content-type", "text/plain"));

        assertThat(request("https://ci/", headers, "say \"{{context.x}}\"", Map.of("x", "\"hi\""))
                        .body())
                .isEqualTo("say \"\"hi\"\"");
    }

    @Test
    void escapesForFormsAndForXml() throws UndeliverableException {
        List<Header> form = List.of(new Header("Content-Type", "application/x-www-form-urlencoded; charset=utf-8"));
        List<Header> xml = List.of(new Header("Content-Type", "application/soap+xml"));

        assertThat(request("https://ci/", form, "a={{context.x}}&b=1", Map.of("x", "1&b=2 +%"))
                        .body())
                .isEqualTo("a=1%26b%3D2%20%2B%25&b=1");
        assertThat(request("https://ci/", xml, "<a b='{{context.x}}'/>", Map.of("x", "'/><c>&\""))
                        .body())
                .isEqualTo("<a b='&apos;/&gt;&lt;c&gt;&amp;&quot;'/>");
    }

    @ParameterizedTest
    @ValueSource(strings = {"..", ".", "%2e%2e", "../..", "..\\.."})
    void noValueLeadsToAnotherPath(String value) throws UndeliverableException {
        String template = "https://ci/jobs/{{context.x}}/start";
        HttpUrl url;
        try {
            url = request(template, List.of(), null, Map.of("x", value)).url();
        } catch (UndeliverableException x) {
            assertThat(x)
                    .hasMessage(
                            "webhook 'w': uriTemplate: a value makes a segment of the path \".\" or \"..\", which stands for"
                                    + " another path");
            return;
        }
        assertThat(url.pathSegments()).containsExactly("jobs", value, "start");
    }

    @Test
    void twoValuesTogetherLeadToNoOtherPath() {
        assertThatThrownBy(() -> request(
                        "https://ci/jobs/{{context.dot}}{{context.dot}}/start", List.of(), null, Map.of("dot", ".")))
                .isInstanceOf(UndeliverableException.class)
                .hasMessageContaining("stands for another path");
    }

    @ParameterizedTest
    @CsvSource({
        "https://ci/jobs/{{context.x}}, .",
        "https://ci/jobs/{{context.x}}?force=true, .",
        "https://ci/jobs/.{{context.x}}, ''",
        "https://ci/{{context.x}}, .",
        "https://ci/{{context.x}}, ..",
        "https://ci:{{context.port}}/jobs/{{context.x}}/start, ..",
        "https://ci/jobs/{{context.x}} {{context.empty}}, ..",
    })
    void noValueLeadsToAnotherPathWhereverItStands(String template, String value) {
        assertThatThrownBy(() -> request(template, List.of(), null, Map.of("x", value, "port", "8080", "empty", "")))
                .isInstanceOf(UndeliverableException.class)
                .hasMessageContaining("stands for another path");
    }

    @ParameterizedTest
    @ValueSource(strings = {"https://ci {{context.empty}}", "https://ci: {{context.empty}}", "{{context.base}}"})
    void spacesAroundAnAddressAreNoPartOfIt(String template) throws UndeliverableException {
        assertThat(request(template, List.of(), null, Map.of("empty", "", "base", " https://ci/\n"))
                        .url())
                .hasToString("https://ci/");
    }

    @Test
    void emptyValueIsAnEmptySegment() throws UndeliverableException {
        assertThat(request("https://ci/jobs/{{context.x}}", List.of(), null, Map.of("x", ""))
                        .url()
                        .pathSegments())
                .containsExactly("jobs", "");
    }

    @ParameterizedTest
    @ValueSource(strings = {"application/json", "Text/JSON; charset=utf-8", "application/cloudevents+json"})
    void valueAddsNothingToJsonOfAnyName(String type) throws UndeliverableException {
        WebhookRequest request = request(
                "https://ci/",
                List.of(new Header("Content-Type", type)),
                "{\"state\": \"{{context.x}}\"}",
                Map.of("x", "passed\", \"by\": \"root"));

        assertThat(json(request.body())).isEqualTo(json("{\"state\": \"passed\\\", \\\"by\\\": \\\"root\"}"));
    }

    @Test
    void hostThatIsNoneOnceItIsWrittenInAsciiIsRefused() {
        assertThatThrownBy(() -> request("https://ci.e.v}}af\u02a9", List.of(), null, Map.of()))
                .isInstanceOf(UndeliverableException.class)
                .hasMessageStartingWith("webhook 'w': uriTemplate: is not a valid address once rendered");
    }

    @Test
    void noValueChangesTheHost() {
        for (String value :
                List.of("evil.example.com/", "evil.example.com#", "x@evil.example.com", "a:80", "a\\b", "a?b")) {
            assertThatThrownBy(() -> request("https://{{context.x}}.ci/", List.of(), null, Map.of("x", value)))
                    .as(value)
                    .isInstanceOf(UndeliverableException.class)
                    .hasMessageStartingWith("webhook 'w': uriTemplate: is not a valid address once rendered");
        }
    }

    @Test
    void refusesARequestThatDoesNotSayWhereToCallBackTo() throws UndeliverableException {
        WebhookBuilder webhook =
                Webhook.named("w").uriTemplate("https://ci/").body("{\"token\": \"{{armory.callbackToken}}\"}");

        assertThatThrownBy(
                        () -> Renderers.of(webhook.build(), variables(Map.of())).render())
                .isInstanceOf(UndeliverableException.class)
                .hasMessage(
                        "webhook 'w': nothing in it says where to call back to; put {{armory.callbackUri}}/callback into uriTemplate, a"
                                + " header or bodyTemplate, or set disableCallback");
        assertThatThrownBy(() -> Renderers.of(
                                Webhook.named("w")
                                        .method("GET")
                                        .uriTemplate("https://ci/")
                                        .build(),
                                variables(Map.of()))
                        .render())
                .hasMessageContaining("nothing in it says where to call back to");
        Renderers.of(webhook.disableCallback(true).build(), variables(Map.of())).render();
        Renderers.of(
                        webhook.disableCallback(false)
                                .headers(List.of(new Header("CallbackURI", "{{ armory.callbackUri }}/callback")))
                                .build(),
                        variables(Map.of()))
                .render();
    }

    @Test
    void theDefaultBodyOfAWebhookThatIsNotCalledBackNamesNoAddress() throws UndeliverableException {
        Webhook webhook = Webhook.named("w")
                .uriTemplate("https://ci/")
                .disableCallback(true)
                .build();

        assertThat(json(Renderers.of(webhook, variables(Map.of())).render().body())
                        .has("callbackUri"))
                .isFalse();
    }

    @Test
    void masksWhatMustNotBeShown() throws UndeliverableException {
        Variables variables =
                variables(Map.of()).withSecrets(id -> id.equals("a") ? "s3\"cret/1" : "s3\"cret/1-longer");
        Webhook webhook = webhook(
                "https://ci/{{secrets.a}}",
                List.of(),
                "{\"a\": \"{{secrets.b}}\", \"t\": \"{{armory.callbackToken}}\"}");
        WebhookRequest request = Renderers.of(webhook, variables).render();

        assertThat(request.mask("s3\"cret/1 s3\\\"cret/1 s3%22cret%2F1 s3\"cret/1-longer t0ken!", true))
                .isEqualTo("**** **** **** **** ****!");
        assertThat(request.mask("cut off in t0ke", false)).isEqualTo("cut off in ");
        assertThat(request.mask("cut off in t0ke", true)).isEqualTo("cut off in t0ke");
    }

    /** A service that refuses a body often quotes it in its answer. */
    @ParameterizedTest
    @CsvSource({
        "application/json,                  '{\"a\": \"{{secrets.a}}\"}'",
        "application/x-www-form-urlencoded, a={{secrets.a}}",
        "text/plain,                        {{secrets.a}}"
    })
    void masksASecretAsTheBodyHasIt(String type, String body) throws UndeliverableException {
        Webhook webhook = webhook("https://ci/", List.of(new Header("Content-Type", type)), body);
        Variables variables = variables(Map.of()).withSecrets(id -> "R&D <\"top'> 100%");
        WebhookRequest request = Renderers.of(webhook, variables).render();

        assertThat(request.mask("cannot process " + request.body(), true))
                .isEqualTo("cannot process " + body.replace("{{secrets.a}}", "****"));
    }

    @Test
    void noSecretIsShownHoweverTheAnswerQuotesIt() {
        Seeds.each(500, draw -> {
            String secret = secret(draw);
            Variables variables = variables(Map.of()).withSecrets(id -> secret);
            WebhookRequest request = Renderers.of(webhook("https://ci/?t={{secrets.a}}", List.of(), "{}"), variables)
                    .render();

            assertThat(request.mask(draw.text() + secret + draw.text(), true)).doesNotContain(secret);
        });
    }

    /** Returns a secret that is not like the mask. */
    private static String secret(Draw draw) {
        return draw.text(5, 40, '!', '~').replace('*', '+');
    }

    /** Whatever the secret is, and whatever beside it looks like a part of it. */
    @Test
    void noSecretIsShownAsJsonOrAUrlEscapesIt() {
        Seeds.each(500, draw -> checkIsMasked(secret(draw), draw.text(0, 255, '!', '~')));
    }

    private static void checkIsMasked(String secret, String before) throws UndeliverableException {
        Variables variables = variables(Map.of()).withSecrets(id -> secret);
        WebhookRequest request = Renderers.of(webhook("https://ci/?t={{secrets.a}}", List.of(), "{}"), variables)
                .render();

        for (String escaped : List.of(Escapings.json(secret), Escapings.component(secret))) {
            assertThat(request.mask(before + escaped, true))
                    .doesNotContain(escaped)
                    .contains("****");
            assertThat(request.mask(before + escaped.substring(0, escaped.length() - 1), false))
                    .doesNotContain(escaped.substring(0, escaped.length() - 1));
        }
    }

    /** A service that does not know a path often quotes it. */
    @ParameterizedTest
    @CsvSource({
        "{{secrets.a}},            Cannot POST /services/T0/k3y?sig=a%2Fb,       Cannot POST /****?****",
        "{{secrets.a}},            No route for https://hooks/services/T0/k3y,   No route for https://hooks/****",
        "{{secrets.a}}&ref=main,   path: /services/T0/k3y query: sig=a%2Fb&ref=main, path: /**** query: ****&ref=main"
    })
    void masksThePartsOfAnAddressThatIsASecret(String uri, String answer, String masked) throws UndeliverableException {
        Variables variables = variables(Map.of()).withSecrets(id -> "https://hooks/services/T0/k3y?sig=a%2Fb");
        WebhookRequest request =
                Renderers.of(webhook(uri, List.of(), "{}"), variables).render();

        assertThat(request.mask(answer, true)).isEqualTo(masked);
        assertThat(request.mask("Cannot POST /services/T0", false)).isEqualTo("Cannot POST /");
    }

    @Test
    void anAddressWithoutAPathMasksNoSlash() throws UndeliverableException {
        Variables variables = variables(Map.of()).withSecrets(id -> "https://hooks/");
        WebhookRequest request = Renderers.of(webhook("{{secrets.a}}", List.of(), "{}"), variables)
                .render();

        assertThat(request.mask("Cannot POST /?", true)).isEqualTo("Cannot POST /?");
    }

    /** A header is sent without the spaces around its value, and many services take those off a value of a body. */
    @Test
    void masksASecretWithoutTheSpacesAroundIt() throws UndeliverableException {
        Variables variables = variables(Map.of()).withSecrets(id -> id.equals("a") ? "s3cret " : "\tk3y\n");
        WebhookRequest request = Renderers.of(
                        webhook(
                                "https://ci/",
                                List.of(new Header("Authorization", "Bearer {{secrets.a}}")),
                                "{\"key\": \"{{secrets.b}}\"}"),
                        variables)
                .render();

        assertThat(request.headers()).contains(new RenderedHeader("Authorization", "Bearer s3cret"));
        assertThat(request.mask("'s3cret' and 'k3y' are unknown", true)).isEqualTo("'****' and '****' are unknown");
    }

    /** They are not shown, so without them the secret would be. An answer in UTF-16 has one behind each letter. */
    @Test
    void masksASecretBetweenWhoseCharactersAreControlCharacters() throws UndeliverableException {
        Variables variables = variables(Map.of()).withSecrets(id -> "s3\r\ncret");
        WebhookRequest request = Renderers.of(webhook("https://ci/?t={{secrets.a}}", List.of(), "{}"), variables)
                .render();

        assertThat(request.mask("no: s3\r\ncret, s\0003\000\n\000c\000r\000e\000t\000", true))
                .isEqualTo("no: ****, ****");
    }

    /** A value, or an alias of YAML, may be put in often. */
    @Test
    void valuesMakeNoRequestOfAnyLength() {
        Map<String, String> context = Map.of("long", "x".repeat(60_000));
        String twice = "{{context.long}}{{context.long}}";
        var headers = new ArrayList<Header>();
        for (int i = 0; i < 1_000; i++) {
            headers.add(new Header("X-" + i, "{{context.long}}"));
        }

        assertThatThrownBy(() -> request("https://ci/" + twice, List.of(), null, context))
                .isInstanceOf(UndeliverableException.class)
                .hasMessage("webhook 'w': uriTemplate: is longer than 65536 characters once rendered");
        assertThatThrownBy(() -> request("https://ci/", List.of(new Header("X", twice)), null, context))
                .isInstanceOf(UndeliverableException.class)
                .hasMessage("webhook 'w': headers: X: is longer than 65536 characters once rendered");
        assertThatThrownBy(() -> request("https://ci/", headers, null, context))
                .isInstanceOf(UndeliverableException.class)
                .hasMessage("webhook 'w': headers: are longer than 65536 characters once rendered");
        assertThatThrownBy(() -> request("https://ci/", List.of(), '"' + twice + '"', context))
                .isInstanceOf(UndeliverableException.class)
                .hasMessage("webhook 'w': bodyTemplate: is longer than 65536 characters once rendered");
    }

    /** The parser has limits of its own, and its errors then have no place. */
    @Test
    void jsonThatIsTooDeepIsNoneWithoutAPlace() {
        assertThatThrownBy(() -> request("https://ci/", List.of(), "[".repeat(1001) + "]".repeat(1001), Map.of()))
                .isInstanceOf(UndeliverableException.class)
                .hasMessageStartingWith("webhook 'w': bodyTemplate: is not JSON once rendered: ");
    }

    @Test
    void neverBreaksAHeader() throws UndeliverableException {
        List<Header> headers = List.of(new Header("X-Ref", "{{context.x}}"), new Header("Authorization", "Bearer x"));

        assertThat(request("https://ci/", headers, null, Map.of("x", "a b")).headers())
                .extracting(WebhookRequest.RenderedHeader::value)
                .startsWith("a b", "Bearer x");
        for (String hostile : List.of("a\r\nX-Evil: 1", "a\nb", "a\0b", "é")) {
            assertThatThrownBy(() -> request("https://ci/", headers, null, Map.of("x", hostile)))
                    .as(hostile)
                    .isInstanceOf(UndeliverableException.class)
                    .hasMessageContaining("headers: X-Ref")
                    .hasMessageNotContaining("Evil");
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "https://",
                "http://a b/",
                "https://ci:99999/",
                "https://user:pw@ci/",
                "{{context.ftp}}",
                "{{context.path}}"
            })
    void refusesAnAddressThatCannotBeCalled(String uri) {
        assertThatThrownBy(() -> request(uri, List.of(), null, Map.of("ftp", "ftp://ci/", "path", "//ci/")))
                .isInstanceOf(UndeliverableException.class)
                .hasMessageStartingWith("webhook 'w': uriTemplate: ");
    }

    @Test
    void putsInSecretsAndNamesThoseThatAreMissing() throws UndeliverableException {
        Variables variables =
                variables(Map.of("x", "{{secrets.ci}}")).withSecrets(id -> id.equals("ci") ? "s3\"cret" : null);
        Webhook webhook = webhook(
                "https://ci/?t={{secrets.ci}}",
                List.of(new Header("Authorization", "Bearer {{secrets.ci}}")),
                "{\"t\": \"{{secrets.ci}}\", \"x\": \"{{context.x}}\"}");

        WebhookRequest request = Renderers.of(webhook, variables).render();

        assertThat(request.url()).hasToString("https://ci/?t=s3%22cret");
        assertThat(request.headers())
                .extracting(WebhookRequest.RenderedHeader::value)
                .contains("Bearer s3\"cret");
        assertThat(json(request.body())).isEqualTo(json("{\"t\": \"s3\\\"cret\", \"x\": \"{{secrets.ci}}\"}"));
        assertThat(request).hasToString("POST https://ci/");
        assertThatThrownBy(() -> request("https://ci/{{secrets.other}}", List.of(), null, Map.of()))
                .isInstanceOf(UndeliverableException.class)
                .hasMessageContaining("there is no Secret text credential \"other\" that this job may use");
    }

    @Test
    void looksUpASecretOnceHoweverOftenItIsPutIn() throws UndeliverableException {
        List<String> asked = new ArrayList<>();
        Variables variables = variables(Map.of()).withSecrets(id -> {
            asked.add(id);
            return "s3cret";
        });

        Renderers.of(
                        webhook(
                                "https://ci/{{secrets.a}}?again={{secrets.a}}",
                                List.of(new Header("X", "{{secrets.a}}")),
                                "{\"a\": \"{{secrets.a}}\", \"b\": \"{{secrets.b}}\"}"),
                        variables)
                .render();

        assertThat(asked).containsExactly("a", "b");
    }

    @Test
    void anErrorNeverHoldsASecret() {
        Variables variables = variables(Map.of()).withSecrets(id -> "s3cret\r\n}{");
        for (Webhook webhook : List.of(
                webhook("https://ci/", List.of(new Header("X", "{{secrets.a}}")), null),
                webhook("{{secrets.a}}", List.of(), null),
                webhook("https://{{secrets.a}}:99999/", List.of(), null),
                webhook("https://ci/", List.of(), "{\"a\": {{secrets.a}}}"),
                webhook("https://ci/", List.of(), "{\"a\": \"{{secrets.a}}\" nonsense}"))) {
            assertThatThrownBy(() -> Renderers.of(webhook, variables).render())
                    .isInstanceOf(UndeliverableException.class)
                    .hasMessageNotContaining("s3cret")
                    .hasNoCause();
        }
    }

    @Test
    void showsNothingThatMayBeSecret() throws UndeliverableException {
        WebhookRequest request =
                request("https://ci:8443/start/{{armory.callbackToken}}?token=s3cret", List.of(), null, Map.of());

        assertThat(request).hasToString("POST https://ci:8443/start/****");
        assertThat(request("http://[::1]/", List.of(), null, Map.of())).hasToString("POST http://[::1]/");
    }

    @Test
    void eachAttemptIsSignedAnewWithTheSameId() throws UndeliverableException {
        WebhookRequest request = Renderers.of(
                        Webhook.named("w")
                                .uriTemplate("https://ci.example.com/")
                                .body("{\"a\": 1}")
                                .disableCallback(true)
                                .build(),
                        new Variables())
                .render()
                .with(WebhookRequestTest::signature, null, Set.of());

        assertThat(request.attempt("m1", Instant.EPOCH).headers())
                .contains(new RenderedHeader("signature", "m1 1970-01-01T00:00:00Z {\"a\": 1}"));
        assertThat(request.attempt("m1", Instant.EPOCH.plusSeconds(1)).headers())
                .contains(new RenderedHeader("signature", "m1 1970-01-01T00:00:01Z {\"a\": 1}"));
        assertThat(request.headers()).extracting(RenderedHeader::name).containsExactly("Content-Type");
    }

    private static Map<String, String> signature(String id, Instant at, byte[] body) {
        return Map.of("signature", id + " " + at + " " + new String(body, StandardCharsets.UTF_8));
    }

    @Test
    void agentGetsTheSignatureAndNotTheSecret() throws Exception {
        WebhookRequest request = Renderers.of(
                        Webhook.named("w")
                                .method("GET")
                                .uriTemplate("https://ci.example.com/")
                                .disableCallback(true)
                                .build(),
                        new Variables())
                .render()
                .with(WebhookRequestTest::signature, null, Set.of());
        var bytes = new ByteArrayOutputStream();
        try (var out = new ObjectOutputStream(bytes)) {
            out.writeObject(request.attempt("m1", Instant.EPOCH));
            out.writeObject(request);
        }

        try (var in = new ObjectInputStream(new ByteArrayInputStream(bytes.toByteArray()))) {
            WebhookRequest onAgent = (WebhookRequest) in.readObject();
            assertThat(onAgent.headers()).extracting(RenderedHeader::name).containsExactly("signature");
            assertThat(((WebhookRequest) in.readObject())
                            .attempt("m1", Instant.EPOCH)
                            .headers())
                    .isEmpty();
        }
    }
}
