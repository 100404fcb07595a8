package io.jenkins.plugins.armory.api;

import static org.assertj.core.api.Assertions.assertThat;

import io.jenkins.plugins.armory.approval.Approval;
import io.jenkins.plugins.armory.approval.BuildRef;
import io.jenkins.plugins.armory.approval.Event;
import io.jenkins.plugins.armory.approval.TestApproval;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;

class ApprovalViewsTest {

    private static final Instant START = Instant.parse("2026-03-01T09:30:00Z");

    /**
     * One such character, as of the coloured output of a test, would keep readers from all of {@code <build>/api/xml}.
     */
    @Test
    void hasNoCharacterThatXmlDoesNotAllow() {
        Approval approval = TestApproval.of("a1", new BuildRef("team/deploy", 7))
                .environment("prod\u0001")
                .webhook("tests\uFFFF")
                .timeout(START, Duration.ofHours(1))
                .start()
                .on(new Event.Aborted("\u001B[31m1 of 42\tfailed\n\uD83D\uDE00 \uD83D"), START.plusSeconds(5))
                .approval();
        ApprovalView view = ApprovalViews.of(approval);

        assertThat(view.decision().mdMessage()).isEqualTo("\uFFFD[31m1 of 42\tfailed\n\uD83D\uDE00 \uFFFD");
        assertThat(view.environment()).isEqualTo("prod\uFFFD");
        assertThat(view.webhook()).isEqualTo("tests\uFFFD");
    }
}
