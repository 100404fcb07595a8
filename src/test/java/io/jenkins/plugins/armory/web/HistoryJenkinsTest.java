package io.jenkins.plugins.armory.web;

import static io.jenkins.plugins.armory.Forms.assertError;
import static io.jenkins.plugins.armory.Forms.assertOk;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import hudson.model.Item;
import io.jenkins.plugins.armory.approval.ApprovalTerms;
import io.jenkins.plugins.armory.approval.BuildRef;
import io.jenkins.plugins.armory.approval.Event;
import io.jenkins.plugins.armory.config.ArmoryConfiguration;
import io.jenkins.plugins.armory.runtime.ArmoryRuntime;
import java.net.URL;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import jenkins.model.Jenkins;
import net.sf.json.JSONObject;
import org.htmlunit.WebRequest;
import org.htmlunit.html.HtmlAnchor;
import org.jenkinsci.plugins.workflow.job.WorkflowJob;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.jvnet.hudson.test.JenkinsRule;
import org.jvnet.hudson.test.MockAuthorizationStrategy;
import org.jvnet.hudson.test.junit.jupiter.WithJenkins;

/** Tests of who may export and verify the history, and of the command. */
@WithJenkins
class HistoryJenkinsTest {

    private JenkinsRule j;

    @BeforeEach
    void decide(JenkinsRule rule) throws Exception {
        j = rule;
        WorkflowJob open = j.createProject(WorkflowJob.class, "open");
        WorkflowJob hidden = j.createProject(WorkflowJob.class, "hidden");
        decide(open);
        decide(hidden);
        secure();
    }

    private void secure() {
        Item open = j.jenkins.getItem("open");
        j.jenkins.setSecurityRealm(j.createDummySecurityRealm());
        j.jenkins.setAuthorizationStrategy(new MockAuthorizationStrategy()
                .grant(Jenkins.READ)
                .everywhere()
                .to("auditor", "reader")
                .grant(Item.READ)
                .onItems(open)
                .to("auditor", "reader")
                .grant(ArmoryPermissions.HISTORY)
                .onRoot()
                .to("auditor")
                .grant(Jenkins.ADMINISTER)
                .everywhere()
                .to("admin"));
    }

    private static void decide(WorkflowJob job) throws Exception {
        String id = ArmoryRuntime.get().tokens().newId();
        ArmoryRuntime.get()
                .approvals()
                .create(ApprovalTerms.of(id, new BuildRef(job.getFullName(), 1))
                        .webhook("tests")
                        .origin(new ApprovalTerms.Origin(
                                null, ArmoryRuntime.get().jobIds().of(job)))
                        .timeout(Instant.now(), Duration.ofHours(1))
                        .start());
        ArmoryRuntime.get().approvals().apply(id, new Event.Callback(true, "passed", "callback token"));
    }

    private String export(String user) throws Exception {
        return export(user, "ndjson");
    }

    private String export(String user, String format) throws Exception {
        JenkinsRule.WebClient client = j.createWebClient().login(user);
        return client.getPage(new WebRequest(new URL(j.getURL(), "armory/history." + format)))
                .getWebResponse()
                .getContentAsString(StandardCharsets.UTF_8);
    }

    @Test
    void jobsThatOneMayNotReadHaveHashesAlone() throws Exception {
        List<String> all = export("admin").lines().toList();
        List<String> some = export("auditor").lines().toList();

        assertThat(all).hasSize(2);
        assertThat(some.get(0)).isEqualTo(all.get(0)).contains("\"job\":\"open\"");
        assertThat(some.get(1)).startsWith("{\"contentSha256\":").doesNotContain("hidden");
        assertThat(JSONObject.fromObject(some.get(1)).getString("sha256"))
                .isEqualTo(JSONObject.fromObject(all.get(1)).getString("sha256"));
    }

    @Test
    void aSpreadsheetHasNothingOfThem() throws Exception {
        assertThat(export("admin", "csv").lines()).hasSize(3);
        assertThat(export("auditor", "csv").lines())
                .hasSize(2)
                .element(1)
                .asString()
                .contains("\"open\"");
    }

    @Test
    void thePageLinksToItForThoseWhoMayExportIt() throws Exception {
        assertThat(linksFor("auditor")).containsExactly("history.csv", "history.ndjson");
        assertThat(linksFor("reader")).isEmpty();
    }

    private List<String> linksFor(String user) throws Exception {
        return j.createWebClient().withJavaScriptEnabled(false).login(user).goTo("armory/").getAnchors().stream()
                .map(HtmlAnchor::getHrefAttribute)
                .filter(link -> link.startsWith("history."))
                .toList();
    }

    @Test
    void administratorsSeeWhatIsLeftOfADeletedJob() throws Exception {
        j.jenkins.getItemByFullName("open", WorkflowJob.class).delete();

        assertThat(export("admin")).contains("\"job\":\"open\"");
        assertThat(export("auditor")).doesNotContain("\"job\"");
    }

    /** The permission to read "open" is one for the name, whichever job has it. */
    @Test
    void theLinesOfARenamedJobAreNotForThoseWhoMayReadTheJobThatGetsItsName() throws Exception {
        WorkflowJob open = j.jenkins.getItemByFullName("open", WorkflowJob.class);
        WorkflowJob hidden = j.jenkins.getItemByFullName("hidden", WorkflowJob.class);
        assertThat(export("auditor")).contains("\"job\":\"open\"");

        open.renameTo("renamed");
        assertThat(export("auditor")).doesNotContain("\"content\"");
        decide(j.createProject(WorkflowJob.class, "open"));
        assertThat(jobs(export("auditor"))).containsExactly("", "", "open");
        assertThat(jobs(export("admin"))).containsExactly("open", "hidden", "open");

        j.jenkins.getItemByFullName("open", WorkflowJob.class).delete();
        hidden.renameTo("open"); // an older one
        assertThat(export("auditor")).doesNotContain("\"content\"");
        decide(hidden);
        assertThat(jobs(export("auditor"))).containsExactly("", "", "", "open");

        hidden.renameTo("hidden");
        j.jenkins.getItemByFullName("renamed", WorkflowJob.class).renameTo("open");
        assertThat(jobs(export("auditor"))).containsExactly("open", "", "", "");
    }

    /** So it is for a job whose folder was renamed while Jenkins was down, and for a copy of a job. */
    @Test
    void aJobIsKnownByItsFolder() throws Exception {
        WorkflowJob open = j.jenkins.getItemByFullName("open", WorkflowJob.class);
        Path jobs = open.getRootDir().toPath().getParent();
        Files.move(jobs.resolve("open"), jobs.resolve("moved"));
        Files.move(jobs.resolve("hidden"), jobs.resolve("open"));
        j.jenkins.reload();
        secure();
        assertThat(export("auditor")).doesNotContain("\"content\"");

        j.jenkins.getItemByFullName("open", WorkflowJob.class).delete();
        j.jenkins.copy(j.jenkins.getItemByFullName("moved", WorkflowJob.class), "open");
        assertThat(export("auditor")).doesNotContain("\"content\"");
        decide(j.jenkins.getItemByFullName("open", WorkflowJob.class));
        assertThat(jobs(export("auditor"))).containsExactly("", "", "open");
    }

    private static List<String> jobs(String exported) {
        return exported.lines()
                .map(line -> JSONObject.fromObject(line).optJSONObject("content"))
                .map(content -> content == null ? "" : content.getString("job"))
                .toList();
    }

    @Test
    void theTimeLimitIsASetting() throws Exception {
        ArmoryConfiguration configuration = ArmoryConfiguration.get();
        assertThat(configuration.getHistoryMonths()).isEqualTo(24);
        configuration.setHistoryMonths(6);

        j.submit(j.createWebClient().login("admin").goTo("configure").getFormByName("config"));

        assertThat(configuration.getHistoryMonths()).isEqualTo(6);
        assertOk(configuration.doCheckHistoryMonths("1"));
        assertError(configuration.doCheckHistoryMonths("1201"));
        // What Jenkins makes of a text and of an empty field. The default would remove what was to be kept longer.
        assertError(configuration.doCheckHistoryMonths("0"));
        assertThatThrownBy(() -> configuration.setHistoryMonths(0)).hasMessageStartingWith("historyMonths: ");
        assertThat(configuration.getHistoryMonths()).isEqualTo(6);
    }
}
