package io.jenkins.plugins.armory.webhook;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.jenkins.plugins.armory.webhook.Webhook.Header;
import java.util.List;
import java.util.Map;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class WebhookTest {

    private static WebhookBuilder valid() {
        return Webhook.named("tests").uriTemplate("https://ci/start");
    }

    @Test
    void hasArmorysDefaults() {
        Webhook webhook = valid().build();

        assertThat(webhook.method()).isEqualTo("POST");
        assertThat(webhook.retry().count()).isZero();
        assertThat(webhook.networkMode()).isEqualTo(NetworkMode.DIRECT);
        assertThat(webhook.disableCallback()).isFalse();
        assertThat(webhook.context()).isEmpty();
    }

    private static void assertInvalid(String field, ThrowingCallable definition, String problem) {
        assertThatThrownBy(definition)
                .isInstanceOfSatisfying(
                        InvalidWebhookException.class,
                        x -> assertThat(x.field()).isEqualTo(field))
                .hasMessageStartingWith(field + ": ")
                .hasMessageContaining(problem);
    }

    @Test
    void cannotBeHalfDefined() {
        assertInvalid(
                "name", () -> Webhook.named(" ").uriTemplate("https://ci/").build(), "must not be blank");
        assertInvalid("uriTemplate", () -> Webhook.named("w").build(), "is missing");
        assertInvalid("method", () -> valid().method("BREW").build(), "\"BREW\" is not one of POST, GET");
        assertInvalid("bodyTemplate", () -> valid().method("get").body("{}").build(), "a get request has no body");
        assertInvalid("retryCount", () -> valid().retry(RetryRules.ofCount(-1)).build(), "-1 is less than 0");
        assertInvalid(
                "networkMode",
                () -> valid().networkMode(NetworkMode.of("tunnel")).build(),
                "not one of direct, remoteNetworkAgent");
        assertInvalid(
                "agentIdentifier", () -> valid().agentIdentifier("a").build(), "networkMode remoteNetworkAgent alone");
        assertInvalid("context", () -> valid().context(Map.of("a b", "c")).build(), "cannot be named in a template");
    }

    /** Status and cancel webhooks have secrets in their headers. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "https://{{answer.host}}/",
                "https://ci.example.com:{{ answer.port }}/x",
                "https://ci.{{context.zone}}{{answer.x}}",
                "{{answer.url}}",
                "{{context.base}}{{answer.x}}/y",
            })
    void anAnswerDoesNotChooseTheHost(String uri) {
        assertInvalid(
                "uriTemplate", () -> Webhook.named("w").uriTemplate(uri).build(), "has {{answer.NAME}} in its host");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "https://ci/{{answer.id}}",
                "{{context.base}}/{{answer.id}}?x={{answer.x}}",
                "{{armory.answerLocation}}x"
            })
    void anAnswerMayBeInThePath(String uri) {
        assertThat(Webhook.named("w").uriTemplate(uri).build().uriTemplate()).isEqualTo(uri);
    }

    @ParameterizedTest
    @ValueSource(strings = {"ftp://ci/", "ci/start", "//ci/", "file:///etc/passwd", "gopher:x"})
    void isCalledOverHttp(String uri) {
        assertInvalid("uriTemplate", () -> Webhook.named("w").uriTemplate(uri).build(), "must start with http://");
    }

    @ParameterizedTest
    @ValueSource(strings = {"a b", "", "X:", "é", "a\r\nb"})
    void hasHeadersWithProperNames(String key) {
        assertInvalid("headers", () -> new Header(key, "x"), "is not the name of an HTTP header");
    }

    @ParameterizedTest
    @ValueSource(strings = {"Host", "content-length", "Transfer-Encoding", "Connection", "Proxy-Authorization"})
    void leavesTheFramingOfTheRequestToTheClient(String key) {
        assertInvalid("headers", () -> new Header(key, "x"), key + " is set by Jenkins; leave it out");
    }

    @Test
    void hasHeadersThatAServiceCouldTake() {
        Header half = new Header("X", "x".repeat(32 * 1024 - 1));

        assertThat(valid().headers(List.of(half, half)).build().headers()).hasSize(2);
        assertInvalid(
                "headers",
                () -> valid().headers(List.of(half, half, new Header("Y", ""))).build(),
                "is longer than 65536 characters: it has 65537");
    }

    @Test
    void hasAContextThatIsBounded() {
        String key = "k".repeat(1024);
        Map<String, String> largest = Map.of(key, "x".repeat(65_536 - 1024));

        assertThat(valid().context(largest).build().context()).isEqualTo(largest);
        assertInvalid(
                "context",
                () -> valid().context(Map.of(key, "x".repeat(65_536 - 1023))).build(),
                "is longer than 65536 characters: it has 65537");
        assertInvalid(
                "context",
                () -> valid().context(Map.of(key + 'k', "")).build(),
                "a key is longer than 1024 characters: it has 1025");
        assertInvalid(
                "context",
                () -> valid().context(Map.of("a\ud800", "")).build(),
                "a key has half of a character (\\ud800, one of a surrogate pair) at position 2; take it out");
        assertInvalid(
                "context",
                () -> valid().context(Map.of("a", "\ud83d\ude00\ude00")).build(),
                "the value of \"a\" has half of a character (\\ude00, one of a surrogate pair) at position 3; take it out");
    }

    @Test
    void hasTemplatesThatCanBeFilledIn() {
        assertInvalid(
                "uriTemplate",
                () -> Webhook.named("w")
                        .uriTemplate("https://ci/{{armory.callbackUri")
                        .build(),
                "the \"{{\" at line 1, column 12 has no \"}}\"");
        assertInvalid("headers", () -> new Header("X", "{{#if}}"), "is not a variable");
        assertInvalid(
                "bodyTemplate",
                () -> valid().body("{{callbackUri}}").build(),
                "\"{{callbackUri}}\" at line 1, column 1");
    }

    @Test
    void knowsWhatItsTemplatesMention() {
        Webhook webhook = valid().headers(List.of(new Header("X-Token", "{{ armory.callbackToken }}")))
                .body("{}")
                .build();

        assertThat(webhook.mentions(Variables.CALLBACK_TOKEN)).isTrue();
        assertThat(webhook.mentions(Variables.CALLBACK_URI)).isFalse();
    }
}
