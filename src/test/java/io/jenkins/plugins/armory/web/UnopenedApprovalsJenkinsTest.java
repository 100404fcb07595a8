package io.jenkins.plugins.armory.web;

import static org.assertj.core.api.Assertions.assertThat;

import hudson.model.AdministrativeMonitor;
import io.jenkins.plugins.armory.TestCaller;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.jvnet.hudson.test.junit.jupiter.JenkinsSessionExtension;

/** Tests of the messages to administrators and callers while the approvals cannot be opened. */
class UnopenedApprovalsJenkinsTest {

    @RegisterExtension
    private final JenkinsSessionExtension sessions = new JenkinsSessionExtension();

    @Test
    void administratorsAreToldWhatCannotBeUsed() throws Throwable {
        sessions.then(j -> assertThat(monitor().getProblem()).isNull());
        Path open = sessions.getHome().toPath().resolve("armory-approvals/open");
        Files.delete(open);
        Files.writeString(open, "no folder");

        sessions.then(j -> {
            assertThat(monitor().isActivated()).isTrue();
            assertThat(j.createWebClient().goTo("manage/").asNormalizedText())
                    .contains("The webhook approvals are not open", "armory-approvals cannot be used");
            assertThat(new TestCaller(j.getURL())
                            .post("0", "no token", "{\"success\": true}")
                            .statusCode())
                    .isEqualTo(503);
        });
    }

    private static ApprovalsMonitor monitor() {
        return AdministrativeMonitor.all().get(ApprovalsMonitor.class);
    }
}
