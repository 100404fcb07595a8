package io.jenkins.plugins.armory.webhook;

import io.jenkins.plugins.armory.callback.Fuzzing;
import java.util.List;

/** Checks that any answer of an external process is judged, with a line to show, and that only what the rule knows is a success. */
public final class AnswerRuleFuzz {

    private static final AnswerRule RULE =
            AnswerRule.ofAnswer(null, "/state", List.of("passed", "1", "1e1000000000"), List.of("failed"));
    /** More than the pointer, the longest shown value, and the words around them. */
    private static final int LONGEST_FINDING = 200;

    private AnswerRuleFuzz() {}

    /** Called by Jazzer. */
    public static void fuzzerTestOneInput(byte[] data) {
        Judgement judgement = RULE.judge(200, data, value -> value);
        Fuzzing.check(judgement.finding().length() <= LONGEST_FINDING, "a line: " + judgement.finding());
        Fuzzing.check(
                !judgement.isDecided() || judgement.finding().startsWith("/state is "), "a verdict is about a value");
        Fuzzing.check(judgement.equals(RULE.judge(200, data, value -> value)), "the same again");
    }
}
