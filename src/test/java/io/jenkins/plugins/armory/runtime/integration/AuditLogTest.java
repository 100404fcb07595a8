package io.jenkins.plugins.armory.runtime.integration;

import static org.assertj.core.api.Assertions.assertThat;

import io.jenkins.plugins.armory.api.ApprovalViews;
import io.jenkins.plugins.armory.approval.Approval;
import io.jenkins.plugins.armory.approval.BuildRef;
import io.jenkins.plugins.armory.approval.Event;
import io.jenkins.plugins.armory.approval.TestApproval;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class AuditLogTest {

    private static final Instant START = Instant.parse("2026-03-01T09:30:00.123Z");

    @Test
    void aLineHasWhatWasDecidedAndByWhom() {
        Approval approval = TestApproval.of("a1", new BuildRef("team/deploy", 7))
                .environment("prod\n{\"outcome\": \"SUCCESS\"}")
                .webhook("tests")
                .timeout(START, Duration.ofHours(1))
                .start()
                .on(new Event.Aborted("The build was stopped."), START.plusSeconds(5))
                .approval();

        assertThat(AuditLog.line(ApprovalViews.of(approval)))
                .isEqualTo("{\"approval\":\"a1\",\"job\":\"team/deploy\",\"build\":7,"
                        + "\"environment\":\"prod\\n{\\\"outcome\\\": \\\"SUCCESS\\\"}\",\"phase\":\"strategy\","
                        + "\"webhook\":\"tests\",\"outcome\":\"ABORTED\",\"decidedBy\":\""
                        + approval.requireDecision().decidedBy() + "\",\"decidedAt\":\"2026-03-01T09:30:05.123Z\"}");
    }

    /** Unicode has line breaks of its own, which some readers of logs know. */
    @ParameterizedTest
    @ValueSource(strings = {"\u0085", "\u2028", "\u2029", "\u009B", "\u202E"})
    void aLineHasNoOtherCharactersThanThoseOfAscii(String character) {
        Approval approval = TestApproval.of("a1", new BuildRef("team/deploy", 7))
                .environment("prod" + character)
                .webhook("tests")
                .timeout(START, Duration.ofHours(1))
                .start()
                .on(new Event.Aborted(""), START)
                .approval();

        assertThat(AuditLog.line(ApprovalViews.of(approval)))
                .contains(String.format("\"prod\\u%04X\"", (int) character.charAt(0)))
                .doesNotContain(character);
    }
}
