package io.jenkins.plugins.armory.web;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ApprovalPathTest {

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/approvals/a1",
                "/approvals/a1/",
                "/approvals/a1/callback",
                "/approvals/a1/callback/",
                "/approvals/a1/callback/callback"
            })
    void aCallbackGoesToTheAddressWithOrWithoutItsEnd(String path) {
        assertThat(ApprovalPath.idIn(path)).isEqualTo("a1");
        assertThat(ApprovalPath.isForCallers(path)).isTrue();
    }

    @ParameterizedTest
    @ValueSource(strings = {"/approvals/a1/test", "/approvals/a1/test/", "/approvals/a1/callback/test"})
    void aRehearsalToo(String path) {
        assertThat(ApprovalPath.idOfRehearsal(path)).isEqualTo("a1");
        assertThat(ApprovalPath.idIn(path)).isNull();
    }

    @ParameterizedTest
    @ValueSource(strings = {"/approvals/a1/progress", "/approvals/a1/progress/", "/approvals/a1/callback/progress"})
    void aReportOfProgressToo(String path) {
        assertThat(ApprovalPath.idOfProgress(path)).isEqualTo("a1");
        assertThat(ApprovalPath.idIn(path)).isNull();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "/",
                "/approvals",
                "/approvals/",
                "/approvals//callback",
                "/approvals/a1//",
                "/approvals/a1/callbacks",
                "/approvals/a1/callback/callback/callback",
                "/approvals/a1/approve",
                "/approvals/a1/callback/approve",
                "/approvals/a1/api/json"
            })
    void otherPathsAreNotForCallers(String path) {
        assertThat(ApprovalPath.isForCallers(path)).isFalse();
    }

    @Test
    void noPathIsNotForCallers() {
        assertThat(ApprovalPath.isForCallers(null)).isFalse();
    }
}
