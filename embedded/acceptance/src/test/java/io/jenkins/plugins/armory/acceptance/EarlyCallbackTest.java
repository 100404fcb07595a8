package io.jenkins.plugins.armory.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import io.jenkins.plugins.armory.acceptance.driver.Build;
import io.jenkins.plugins.armory.acceptance.driver.ExternalProcess;
import io.jenkins.plugins.armory.acceptance.driver.ExternalProcess.Reply;
import io.jenkins.plugins.armory.acceptance.driver.Jenkins;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;

/** External processes that are so quick that they call back before they answer the webhook's request. */
@AcceptanceTest
class EarlyCallbackTest {

    private static final int ROUNDS = 10;
    private static final int AT_ONCE = 10;

    @Test
    void everyCallbackBeforeTheWebhooksAnswerIsAcceptedAndApplied(Jenkins jenkins, ExternalProcess process) {
        List<Integer> answers = new CopyOnWriteArrayList<>();
        process.onCall(call -> {
            answers.add(
                    call.callback().succeed("approved " + call.header("Work")).status());
            return Reply.of(200);
        });
        Build build = jenkins.build("""
                for (int i = 0; i < %d; i++) {
                    def round = i
                    def branches = [:]
                    for (int j = 0; j < %d; j++) {
                        def work = "${round}.${j}"
                        branches[work] = {
                            def r = %s
                            if (r.mdMessage != "approved ${work}") {
                                error "${work} got the message ${r.mdMessage}"
                            }
                        }
                    }
                    parallel branches
                }
                """.formatted(
                ROUNDS,
                AT_ONCE,
                process.approval("headers: [[key: 'Work', value: '{{context.work}}']]", "context: [work: work]")));

        String log = build.awaitResult("SUCCESS");

        assertThat(answers).hasSize(ROUNDS * AT_ONCE).containsOnly(200);
        for (int round = 0; round < ROUNDS; round++) {
            for (int branch = 0; branch < AT_ONCE; branch++) {
                String message = "succeeded (callback token): approved " + round + "." + branch + "\n";
                assertThat(log).containsOnlyOnce(message);
            }
        }
        assertThat(build.hasNothingPending()).isTrue();
    }
}
