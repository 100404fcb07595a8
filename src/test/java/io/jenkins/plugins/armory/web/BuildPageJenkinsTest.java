package io.jenkins.plugins.armory.web;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.jenkins.plugins.armory.TestCaller;
import io.jenkins.plugins.armory.approval.TestApproval;
import io.jenkins.plugins.armory.runtime.ArmoryRuntime;
import io.jenkins.plugins.armory.runtime.BuildRecord;
import io.jenkins.plugins.armory.store.TestBuilds;
import java.time.Duration;
import java.time.Instant;
import org.htmlunit.html.HtmlAnchor;
import org.htmlunit.html.HtmlPage;
import org.jenkinsci.plugins.workflow.cps.CpsFlowDefinition;
import org.jenkinsci.plugins.workflow.job.WorkflowJob;
import org.jenkinsci.plugins.workflow.job.WorkflowRun;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.jvnet.hudson.test.JenkinsRule;
import org.jvnet.hudson.test.junit.jupiter.WithJenkins;

/** Tests of approvals on the pages of builds and in lists of builds. */
@WithJenkins
class BuildPageJenkinsTest {

    private static final String ENVIRONMENT = "prod <script>window.attacked = 1</script>";

    private JenkinsRule j;
    private WorkflowRun run;
    private String id;

    @BeforeEach
    void startBuild(JenkinsRule rule) throws Exception {
        j = rule;
        WorkflowJob job = j.createProject(WorkflowJob.class, "deploy");
        job.setDefinition(new CpsFlowDefinition("sleep 600", true));
        run = job.scheduleBuild2(0).waitForStart();
        j.waitForMessage("Sleeping for", run); // an interrupt before the first step is lost on Jenkins
        id = ArmoryRuntime.get().tokens().newId();
        TestBuilds.create(
                ArmoryRuntime.get().approvals(),
                TestApproval.of(id, BuildRecord.refTo(run))
                        .environment(ENVIRONMENT)
                        .webhook("tests")
                        .timeout(Instant.now(), Duration.ofHours(1))
                        .start());
    }

    private void end() throws Exception {
        run.getExecutor().interrupt();
        j.waitForCompletion(run);
    }

    private int callBack(String token, String mdMessage) throws Exception {
        return new TestCaller(j.getURL())
                .post(id, token, "{\"success\": true, \"mdMessage\": \"" + mdMessage + "\"}")
                .statusCode();
    }

    private String token() {
        return ArmoryRuntime.get().tokens().tokenFor(id);
    }

    private HtmlPage page() throws Exception {
        return j.createWebClient().withJavaScriptEnabled(false).getPage(run);
    }

    /** What the script of a part of the page shows. */
    private static JsonNode firstAnswer(HtmlPage page, String part) throws Exception {
        return new ObjectMapper()
                .readTree(page.getElementById(part).getAttribute("data-armory-first"))
                .get("body");
    }

    @Test
    void buildPageShowsWhatWaitsAndWhoWasRefused() throws Exception {
        assertThat(callBack("no such token", "")).isEqualTo(401);

        HtmlPage page = page();

        assertThat(page.asNormalizedText()).contains("Webhook Approvals");
        JsonNode approval = firstAnswer(page, "armory-summary").at("/approvals/0");
        assertThat(approval.get("environment").asText()).isEqualTo(ENVIRONMENT);
        assertThat(approval.at("/rejectedCallbacks/0/status").asInt()).isEqualTo(401);
        assertThat(page.getElementsByTagName("script"))
                .noneMatch(script -> script.getTextContent().contains("attacked"));
        end();
    }

    @Test
    void dataOfTheBuildHaveItsApprovals() throws Exception {
        String tree = "api/json?tree=actions[approvals[webhook,environment,state,decision[outcome]]]";
        assertThat(j.getJSON(run.getUrl() + tree).getJSONObject().toString())
                .contains("{\"decision\":null,\"environment\":\"" + ENVIRONMENT.replace("</", "<\\/")
                        + "\",\"state\":\"SENDING\",\"webhook\":\"tests\"}");

        assertThat(callBack(token(), "fine")).isEqualTo(200);

        assertThat(j.getJSON(run.getUrl() + tree).getJSONObject().toString()).contains("{\"outcome\":\"SUCCESS\"}");
        end();
    }

    @Test
    void buildHasAPageOfItsOwnThatIsReachedFromItsSidePanel() throws Exception {
        HtmlPage tab = page().querySelector("#side-panel a[href$='/deploy/1/armory']") instanceof HtmlAnchor link
                ? link.click()
                : null;

        assertThat(tab).isNotNull();
        assertThat(tab.getUrl().getPath()).endsWith("/job/deploy/1/armory/");
        assertThat(tab.getElementById("armory-build").getAttribute("data-armory-words"))
                .contains("environment.COMPLETE");
        assertThat(firstAnswer(tab, "armory-build")
                        .at("/approvals/0/environment")
                        .asText())
                .isEqualTo(ENVIRONMENT);
        end();
    }

    @Test
    void aBuildWithoutApprovalsSaysNothingOfThem() throws Exception {
        end();
        WorkflowJob other = j.createProject(WorkflowJob.class, "other");
        other.setDefinition(new CpsFlowDefinition("echo 'hello'", true));
        run = j.buildAndAssertSuccess(other);

        assertThat(page().querySelectorAll("#armory-summary, #side-panel a[href$='/armory/']"))
                .isEmpty();
    }
}
