package io.jenkins.embedded;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.jenkins.plugins.armory.approval.ApprovalTerms;
import io.jenkins.plugins.armory.approval.BuildRef;
import io.jenkins.plugins.armory.call.Settings;
import io.jenkins.plugins.armory.callback.token.AllowedCallers;
import io.jenkins.plugins.armory.callback.token.Verification;
import io.jenkins.plugins.armory.runtime.ArmoryRuntime;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** An approval whose job is not there, since its disk comes late or the job was renamed by hand. */
class MissingJobTest {
    private Controller controller;

    @BeforeEach
    void start(@TempDir Path home) throws IOException {
        controller = new Controller(home);
    }

    @AfterEach
    void close() {
        controller.close();
    }

    @Test
    void aSecretOfTheJobIsNotWrongButUnknown() throws Exception {
        var approval = ApprovalTerms.of(ArmoryRuntime.get().tokens().newId(), new BuildRef("shop", 1))
                .webhook("tests")
                .callers("ci", List.of(AllowedCallers.CREDENTIALS + "ci"))
                .timeout(Instant.now(), Duration.ofHours(1))
                .start();

        assertThat(Settings.get().secretTexts().verify("the secret", Optional.of(approval)))
                .isInstanceOf(Verification.Undecided.class);
        assertThatThrownBy(() -> Settings.get().callerSecrets().of(Optional.of(approval)))
                .isInstanceOf(IOException.class)
                .hasMessage("the build is not there now, so the Secret text of ci is not known");
    }
}
