package io.jenkins.plugins.armory.callback;

import static org.assertj.core.api.Assertions.assertThat;

import io.jenkins.plugins.armory.callback.RejectedCallbacks.Rejected;
import java.time.Instant;
import org.junit.jupiter.api.Test;

class RejectedCallbacksTest {

    private static final Instant START = Instant.parse("2026-01-31T10:00:00Z");

    private final RejectedCallbacks callbacks = new RejectedCallbacks();

    private void add(String id, String reason) {
        callbacks.add(id, new Rejected(START, 401, reason, "192.0.2.1", false));
    }

    @Test
    void keepsTheLastOfAnApprovalNewestFirst() {
        for (int i = 1; i <= 50; i++) {
            add("a", "reason " + i);
        }
        add("b", "another");

        assertThat(callbacks.of("a"))
                .hasSize(20)
                .extracting(Rejected::reason)
                .startsWith("reason 50")
                .endsWith("reason 31");
        assertThat(callbacks.of("b")).containsExactly(new Rejected(START, 401, "another", "192.0.2.1", false));
        assertThat(callbacks.of("c")).isEmpty();
    }

    @Test
    void isBoundedAndForgetsTheApprovalThatWasCalledLongestAgo() {
        for (int i = 0; i < 3 * RejectedCallbacks.MAX_APPROVALS; i++) {
            for (int j = 0; j < 30; j++) {
                add("approval " + i, "x".repeat(10_000));
            }
        }

        assertThat(callbacks.of("approval 199")).isEmpty();
        for (int i = 200; i < 300; i++) {
            assertThat(callbacks.of("approval " + i))
                    .hasSize(20)
                    .allMatch(each -> each.reason().length() == 1_024);
        }
    }
}
