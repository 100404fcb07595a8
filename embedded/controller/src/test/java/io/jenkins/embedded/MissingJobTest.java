package io.jenkins.embedded;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.jenkins.plugins.armory.approval.Approval;
import io.jenkins.plugins.armory.approval.ApprovalTerms;
import io.jenkins.plugins.armory.approval.BuildRef;
import io.jenkins.plugins.armory.approval.Event;
import io.jenkins.plugins.armory.approval.ManualRequirement;
import io.jenkins.plugins.armory.approval.Vote;
import io.jenkins.plugins.armory.callback.token.AllowedCallers;
import io.jenkins.plugins.armory.callback.token.Verification;
import io.jenkins.plugins.armory.runtime.ArmoryRuntime;
import io.jenkins.plugins.armory.sending.Settings;
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

/** What happens to an approval while its job is not there, since its disk comes late or the job was renamed by hand. */
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

    @Test
    void whatPeopleHaveApprovedStaysAndNothingIsDecided() throws Exception {
        var approvals = ArmoryRuntime.get().approvals();
        var id = ArmoryRuntime.get().tokens().newId();
        approvals.create(ApprovalTerms.of(id, new BuildRef("shop", 1))
                .webhook("tests")
                .timeout(Instant.now(), Duration.ofHours(1))
                .manual(new ManualRequirement("Go?", List.of(), 1))
                .start());
        approvals.apply(id, new Event.ManualApproval("alice", "fine"));
        var callback = new Event.Callback(true, "", "callback token");

        assertThatThrownBy(() -> approvals.apply(id, callback))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("The job of shop#1 is not there");
        assertThat(approvals.find(id).orElseThrow().votes())
                .extracting(Vote::user)
                .containsExactly("alice");

        controller.jenkins().createJob("shop", Controller.configXml("echo 'there again'"));
        assertThat(approvals.apply(id, callback).orElseThrow().approval()).returns(true, Approval::isDecided);
    }
}
