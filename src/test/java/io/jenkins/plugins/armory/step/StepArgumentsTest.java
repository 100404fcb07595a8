package io.jenkins.plugins.armory.step;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class StepArgumentsTest {

    private static String keyOf(String name, Object value) {
        return StepArguments.keyOf(Map.of(name, value));
    }

    @Test
    void equalArgumentsHaveOneKeyInAnyOrder() {
        var context = new LinkedHashMap<String, Object>();
        context.put("target", "prod");
        context.put("ref", "main");
        var other = new LinkedHashMap<String, Object>();
        other.put("ref", "main");
        other.put("target", "prod");

        assertThat(keyOf("context", context)).isEqualTo(keyOf("context", other));
    }

    /** An approval makes up for the failure of one with the same arguments, and of no other. */
    @Test
    void argumentsThatOnlyLookEqualHaveDifferentKeys() {
        assertThat(keyOf("context", Map.of("ref", "main, target=prod")))
                .isNotEqualTo(keyOf("context", Map.of("ref", "main", "target", "prod")));
        assertThat(keyOf("allowedCallers", List.of("a", "b"))).isNotEqualTo(keyOf("allowedCallers", List.of("a, b")));
        assertThat(keyOf("allowedCallers", List.of("a", "1:b"))).isNotEqualTo(keyOf("allowedCallers", List.of("a1:b")));
        assertThat(keyOf("context", Map.of("a", "b"))).isNotEqualTo(keyOf("context", "{a=b}"));
    }
}
