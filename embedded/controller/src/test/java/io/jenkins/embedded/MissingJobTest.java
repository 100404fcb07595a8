package io.jenkins.embedded;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.jenkins.plugins.armory.approval.Approval;
import io.jenkins.plugins.armory.approval.BuildRef;
import io.jenkins.plugins.armory.approval.Terms;
import io.jenkins.plugins.armory.call.Settings;
import io.jenkins.plugins.armory.callback.token.AllowedCallers;
import io.jenkins.plugins.armory.callback.token.Verification;
import io.jenkins.plugins.armory.runtime.ArmoryRuntime;
import java.io.IOException;
import java.nio.file.Path;
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
        var approval = Approval.start(
                Terms.standard()
                        .webhook("tests")
                        .callbackCredentialsId("ci")
                        .allowedCallers(List.of(AllowedCallers.CREDENTIALS + "ci"))
                        .build(),
                rest -> rest.id(ArmoryRuntime.get().tokens().newId())
                        .build(new BuildRef("shop", 1))
                        .createdAt(Instant.now()));

        assertThat(Settings.get().secretTexts().verify("the secret", Optional.of(approval)))
                .isInstanceOf(Verification.Undecided.class);
        assertThatThrownBy(() -> Settings.get().secretTexts().of(Optional.of(approval)))
                .isInstanceOf(IOException.class)
                .hasMessage("the build is not there now, so the Secret text of ci is not known");
    }
}
