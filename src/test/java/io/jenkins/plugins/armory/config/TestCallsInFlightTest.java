package io.jenkins.plugins.armory.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class TestCallsInFlightTest {

    private final TestCallsInFlight calls = new TestCallsInFlight();

    @Test
    void aUserHasAShare() {
        assertThat(calls.begin("alice")).isTrue();
        assertThat(calls.begin("alice")).isTrue();
        assertThat(calls.begin("alice")).isFalse();
        assertThat(calls.begin("bob")).isTrue();

        calls.end("alice");

        assertThat(calls.begin("alice")).isTrue();
    }

    @Test
    void eightAreInFlightInAll() {
        for (String user : List.of("a", "b", "c", "d")) {
            assertThat(calls.begin(user)).isTrue();
            assertThat(calls.begin(user)).isTrue();
        }
        assertThat(calls.begin("e")).isFalse();

        calls.end("a");

        assertThat(calls.begin("e")).isTrue();
        assertThat(calls.begin("f")).isFalse();
    }
}
