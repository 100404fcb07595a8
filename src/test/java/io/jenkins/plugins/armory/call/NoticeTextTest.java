package io.jenkins.plugins.armory.call;

import static org.assertj.core.api.Assertions.assertThat;

import io.jenkins.plugins.armory.approval.Approval;
import io.jenkins.plugins.armory.approval.BuildRef;
import io.jenkins.plugins.armory.approval.Notifications.Occasion;
import io.jenkins.plugins.armory.approval.TestApproval;
import io.jenkins.plugins.armory.approval.TestEvents;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class NoticeTextTest {

    private static Approval decided(String environment, String message) {
        return TestApproval.of("a1", new BuildRef("team/deploy", 7))
                .environment(environment)
                .webhook("tests")
                .timeout(Instant.EPOCH, Duration.ofHours(1))
                .start()
                .on(TestEvents.callback(false, message, "callback token"), Instant.EPOCH.plusSeconds(1))
                .approval();
    }

    @Test
    void saysWhatWasDecidedAndByWhom() {
        assertThat(NoticeText.of(decided("prod", "2 of 12 failed"), Occasion.DECIDED))
                .isEqualTo("team/deploy#7 (prod): 'tests' failed (callback token): 2 of 12 failed");
    }

    /** A build may have several, and each has its question. */
    @Test
    void aPersonAloneIsToldTheQuestion() {
        Approval approval = TestApproval.of("a1", new BuildRef("team/deploy", 7))
                .through(Set.of())
                .manual(TestApproval.requirement("Release 2.7?", List.of(), 1))
                .timeout(Instant.EPOCH, Duration.ofHours(1))
                .start();

        assertThat(NoticeText.of(approval, Occasion.WAITING))
                .isEqualTo("team/deploy#7: 'Release 2.7?' waits for a person");
        assertThat(NoticeText.of(approval, Occasion.EXPIRING))
                .isEqualTo("team/deploy#7: 'Release 2.7?' is about to time out, at 1970-01-01T01:00:00Z");
    }

    /** Else a caller could add a line that looks like another notice. */
    @ParameterizedTest
    @ValueSource(strings = {"\n", "\r", "\u000B", "\u0085", "\u2028", "\u2029", "\u202E", "\u009B"})
    void isOneLine(String character) {
        Approval approval = decided("prod" + character + "x", "no" + character + "team/deploy#8");

        assertThat(NoticeText.of(approval, Occasion.DECIDED))
                .isEqualTo("team/deploy#7 (prod x): 'tests' failed (callback token): no team/deploy#8");
        assertThat(NoticeText.reason(approval, Occasion.DECIDED)).isEqualTo("no team/deploy#8");
    }
}
