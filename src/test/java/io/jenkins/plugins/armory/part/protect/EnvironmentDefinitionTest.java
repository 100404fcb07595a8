package io.jenkins.plugins.armory.part.protect;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.jenkins.plugins.armory.config.form.ManualApproval;
import java.util.List;
import org.junit.jupiter.api.Test;

class EnvironmentDefinitionTest {

    private static EnvironmentRule people(String submitter) {
        var people = new ManualApproval();
        people.setSubmitters(List.of(submitter));
        var rule = new EnvironmentRule();
        rule.setManualApproval(people);
        return rule;
    }

    private static EnvironmentRule webhook(String name) {
        var rule = new EnvironmentRule();
        rule.setWebhook(name);
        return rule;
    }

    /** Else somebody who is in qa and in ops gives both approvals. */
    @Test
    void peopleAreAskedOnceBeforeADeployment() {
        var prod = new EnvironmentDefinition("prod", "**");
        EnvironmentRule both = webhook("change-ticket");
        both.setManualApproval(people("qa").getManualApproval());
        for (EnvironmentRule first : List.of(people("qa"), both)) {
            prod.setBefore(List.of(first, people("ops")));

            assertThatIllegalArgumentException()
                    .isThrownBy(prod::checkSaved)
                    .withMessage("before: has manualApproval 2 times; write it once, with its rules: each rule needs"
                            + " people of its own");
        }
    }

    @Test
    void peopleAreAskedBesideWebhooksAndAfterTheDeployment() {
        var prod = new EnvironmentDefinition("prod", "**");
        prod.setBefore(List.of(webhook("change-ticket"), people("qa"), webhook("scan")));
        prod.setAfter(List.of(people("qa"), people("ops")));

        assertThatCode(prod::checkSaved).doesNotThrowAnyException();
    }
}
