package io.jenkins.plugins.armory.step.approval;

import static org.assertj.core.api.Assertions.assertThat;

import io.jenkins.plugins.armory.approval.Approval;
import io.jenkins.plugins.armory.approval.BuildRef;
import io.jenkins.plugins.armory.approval.DecisionText;
import io.jenkins.plugins.armory.approval.Phase;
import io.jenkins.plugins.armory.approval.Place;
import io.jenkins.plugins.armory.approval.Terms;
import io.jenkins.plugins.armory.approval.TestApproval;
import io.jenkins.plugins.armory.webhook.Webhook;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.ObjectInputStream;
import java.io.ObjectOutputStream;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class StepApprovalsTest {

    private static Approval of(String region) {
        var manual = TestApproval.requirement("Go?", List.of("alice", "ops"), 1);
        return TestApproval.of("a1", new BuildRef("deploy", 1))
                .environment("prod")
                .webhook("region-tests")
                .timeout(Instant.ofEpochSecond(1_700_000_000), Duration.ofHours(24))
                .callers(null, List.of("client-1"))
                .manual(manual)
                .calls(TestApproval.calls(
                        Webhook.named("region-tests")
                                .uriTemplate("https://ci.example.com/{{context.region}}")
                                .build(),
                        null,
                        Map.of("region", region)))
                .start();
    }

    /**
     * The program of a build has the definitions of all approvals of a step while they wait: 10,000 must not be
     * megabytes.
     */
    @Test
    void manyAreSmallInTheProgramAndComeBack() throws IOException, ClassNotFoundException {
        Terms terms = of("").terms();
        var approvals = new StepApprovals(
                "seed",
                Phase.STRATEGY,
                null,
                new StepApprovals.Asked("", "approvals", false, false, true),
                IntStream.range(0, 10_000)
                        .mapToObj(i -> of("eu-" + i).with(copy -> copy.terms(terms)))
                        .toList());
        var bytes = new ByteArrayOutputStream();
        new ObjectOutputStream(bytes).writeObject(approvals);

        assertThat(bytes.size()).isLessThan(500_000);
        var in = new ObjectInputStream(new ByteArrayInputStream(bytes.toByteArray()));
        var read = (StepApprovals) in.readObject();
        List<Approval> back = read.approvals();
        assertThat(back).hasSize(10_000).last().isEqualTo(of("eu-9999").with(copy -> copy.id("9999")));
        assertThat(back.get(0).terms()).isSameAs(back.get(1).terms());
        assertThat(read.at(Place.OUTERMOST).name()).isEqualTo("10,000 approvals");
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
}
