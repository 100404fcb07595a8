package io.jenkins.plugins.armory.step.approval;

import static org.assertj.core.api.Assertions.assertThat;

import io.jenkins.plugins.armory.approval.DecisionText;
import io.jenkins.plugins.armory.approval.Phase;
import io.jenkins.plugins.armory.config.form.KeyValue;
import io.jenkins.plugins.armory.config.form.ManualApproval;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.ObjectInputStream;
import java.io.ObjectOutputStream;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class StepApprovalsTest {

    private static Draft of(String region) {
        var step = new ArmoryWebhookApprovalStep();
        step.setWebhook("region-tests");
        step.setContext(List.of(new KeyValue("region", region)));
        step.setAllowedCallers(List.of("client-1"));
        var manual = new ManualApproval();
        manual.setMessage("Go?");
        manual.setSubmitters(List.of("alice", "ops"));
        step.setManualApproval(manual);
        return step.draft("prod", false);
    }

    /**
     * The program of a build has the definitions of all approvals of a step while they wait: 10,000 must not be
     * megabytes.
     */
    @Test
    void manyAreSmallInTheProgramAndComeBack() throws IOException, ClassNotFoundException {
        var approvals = new StepApprovals(
                "seed",
                Phase.STRATEGY,
                null,
                new StepApprovals.Asked("", "approvals", false, false, true),
                IntStream.range(0, 10_000).mapToObj(i -> of("eu-" + i)).toList());
        var bytes = new ByteArrayOutputStream();
        new ObjectOutputStream(bytes).writeObject(approvals);

        assertThat(bytes.size()).isLessThan(500_000);
        var in = new ObjectInputStream(new ByteArrayInputStream(bytes.toByteArray()));
        List<Draft> back = ((StepApprovals) in.readObject()).drafts();
        assertThat(back).hasSize(10_000);
        assertThat(back.get(9_999).context()).isEqualTo(Map.of("region", "eu-9999"));
        assertThat(back.get(0).name()).isEqualTo("region-tests");
    }

    @Test
    void aMessageNamesTheParameterOfOneOfSeveral() {
        assertThat(DecisionText.at("", "uriTemplate: is missing")).isEqualTo("uriTemplate: is missing");
        assertThat(DecisionText.at("approvals[17]", "headers[0].key: is missing"))
                .isEqualTo("approvals[17].headers[0].key: is missing");
        assertThat(DecisionText.at("approvals[17]", "webhook 'a': is gone"))
                .isEqualTo("approvals[17]: webhook 'a': is gone");
        assertThat(DecisionText.at("rule of prod", "webhook: is missing"))
                .isEqualTo("rule of prod: webhook: is missing");
    }

    /** Its line names the webhook, which tells it from the other rules. */
    @Test
    void aRuleIsNamedAfterItsEnvironment() throws IOException {
        var rules = new StepApprovals(
                "seed",
                Phase.BEFORE_DEPLOYMENT,
                "prod",
                new StepApprovals.Asked("", "rule of prod", true, false, true),
                List.of(of("eu"), of("us")));

        assertThat(rules.pathOf(1, of("us"))).isEqualTo("rule of prod");
    }
}
