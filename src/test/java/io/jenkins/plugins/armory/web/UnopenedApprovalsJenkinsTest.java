package io.jenkins.plugins.armory.web;

import static org.assertj.core.api.Assertions.assertThat;

import hudson.model.AdministrativeMonitor;
import io.jenkins.plugins.armory.TestCaller;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.zip.CRC32C;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.jvnet.hudson.test.junit.jupiter.JenkinsSessionExtension;

/** Tests of the messages to administrators and callers while the approvals cannot be opened. */
class UnopenedApprovalsJenkinsTest {

    @RegisterExtension
    private final JenkinsSessionExtension sessions = new JenkinsSessionExtension();

    @Test
    void administratorsAreToldWhichFileANewerVersionWrote() throws Throwable {
        sessions.then(j -> assertThat(monitor().getProblem()).isNull());
        Path journal = sessions.getHome().toPath().resolve("armory-approvals/journal/99.log");
        String record = "99 98 1/1 {\"format\":2}";
        CRC32C crc = new CRC32C();
        crc.update(record.getBytes(StandardCharsets.UTF_8));
        Files.writeString(journal, String.format("%08x %s\n", crc.getValue(), record));

        sessions.then(j -> {
            assertThat(monitor().isActivated()).isTrue();
            assertThat(j.createWebClient().goTo("manage/").asNormalizedText())
                    .contains("The webhook approvals are not open", "99.log, line 1", "its format is 2");
            assertThat(new TestCaller(j.getURL())
                            .post("0", "no token", "{\"success\": true}")
                            .statusCode())
                    .isEqualTo(503);
        });
        assertThat(journal).exists();
    }

    private static ApprovalsMonitor monitor() {
        return AdministrativeMonitor.all().get(ApprovalsMonitor.class);
    }
}
