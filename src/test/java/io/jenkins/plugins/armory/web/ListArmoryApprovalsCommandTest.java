package io.jenkins.plugins.armory.web;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ListArmoryApprovalsCommandTest {

    private static ObjectNode approval(String environment) {
        return JsonNodeFactory.instance
                .objectNode()
                .put("state", "WAITING")
                .put("id", "a1")
                .put("deadline", "2026-01-31T10:00:00Z")
                .put("job", "deploy")
                .put("build", 7)
                .put("environment", environment)
                .put("webhook", "tests");
    }

    private static String line(String environment) {
        return ListArmoryApprovalsCommand.line(approval(environment));
    }

    @Test
    void oneThatWaitsForAWindowSaysWhenItOpens() {
        assertThat(ListArmoryApprovalsCommand.line(
                        approval("prod").put("webhook", "window").put("opensAt", "2026-01-31T09:00:00Z")))
                .endsWith("\tprod\twindow\t2026-01-31T09:00:00Z");
    }

    /** The environment of an approval outside environments is any text of the Pipeline's author. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "\u001b", "\u009b", "\u007f", "\t", "\n", "\r", "\u0085", "\u2028", "\u2029", "\u061c", "\u200e",
                "\u200f", "\u202a", "\u202e", "\u2066", "\u2069"
            })
    void noTextSteersATerminalOrTurnsTheOrder(String character) {
        assertThat(line("prod" + character + "2J"))
                .isEqualTo("WAITING\ta1\t2026-01-31T10:00:00Z\tdeploy #7\tprod 2J\ttests");
    }

    @ParameterizedTest
    @ValueSource(strings = {"prod", "t\u00e9l\u00e9", "\u751f\u7522", "\ud83d\ude80 prod"})
    void namesStayAsTheyAre(String environment) {
        assertThat(line(environment)).contains("\t" + environment + "\t");
    }
}
