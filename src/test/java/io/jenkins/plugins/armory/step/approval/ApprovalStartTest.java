package io.jenkins.plugins.armory.step.approval;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import hudson.AbortException;
import io.jenkins.plugins.armory.webhook.AnswerRule;
import io.jenkins.plugins.armory.webhook.Webhook;
import io.jenkins.plugins.armory.webhook.WebhookBuilder;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Checks of a step against the definition of its webhook, which somebody else may have written. */
class ApprovalStartTest {

    private static WebhookBuilder webhook() {
        return Webhook.named("checks").uriTemplate("https://ci.example.com/");
    }

    /** The Pipeline would go on once the webhook has answered, although it names who decides. */
    @Test
    void callersOfAWebhookThatAwaitsNoCallbackAreAMistake() {
        var callers = List.of("client-1");

        assertThatThrownBy(() -> ApprovalStart.checkSomebodyCallsBack(
                        callers, webhook().disableCallback(true).build()))
                .isInstanceOf(AbortException.class)
                .hasMessage(
                        "callbackCredentialsId, allowedCallers: webhook 'checks' is defined with disableCallback, so nobody"
                                + " calls back; leave them out, or leave disableCallback out");
        assertThatThrownBy(() -> ApprovalStart.checkSomebodyCallsBack(
                        callers,
                        webhook()
                                .answer(AnswerRule.ofAnswer("200", null, List.of(), List.of()))
                                .build()))
                .hasMessageEndingWith(
                        "is defined with answer, so nobody calls back; leave them out, or leave answer out");
        assertThatCode(() -> {
                    ApprovalStart.checkSomebodyCallsBack(callers, webhook().build());
                    ApprovalStart.checkSomebodyCallsBack(
                            List.of(), webhook().disableCallback(true).build());
                })
                .doesNotThrowAnyException();
    }
}
