package io.jenkins.plugins.armory.web;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import hudson.model.Item;
import hudson.security.csrf.DefaultCrumbIssuer;
import io.jenkins.plugins.armory.TestCaller;
import io.jenkins.plugins.armory.approval.BuildRef;
import io.jenkins.plugins.armory.approval.TestApproval;
import io.jenkins.plugins.armory.runtime.ArmoryRuntime;
import io.jenkins.plugins.armory.runtime.BuildRecord;
import io.jenkins.plugins.armory.store.TestBuilds;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.time.Instant;
import java.time.YearMonth;
import java.time.ZoneOffset;
import jenkins.model.Jenkins;
import net.sf.json.JSONArray;
import net.sf.json.JSONObject;
import org.jenkinsci.plugins.workflow.cps.CpsFlowDefinition;
import org.jenkinsci.plugins.workflow.job.WorkflowJob;
import org.jenkinsci.plugins.workflow.job.WorkflowRun;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.jvnet.hudson.test.JenkinsRule;
import org.jvnet.hudson.test.MockAuthorizationStrategy;
import org.jvnet.hudson.test.junit.jupiter.WithJenkins;

/** Tests of the root action on a secured Jenkins, for users with different permissions and for callers. */
@WithJenkins
public class ArmoryRootActionJenkinsTest {

    private JenkinsRule j;
    private String id;
    private TestCaller client;

    @BeforeEach
    void lockUp(JenkinsRule rule) throws Exception {
        j = rule;
        WorkflowJob job = j.createProject(WorkflowJob.class, "secret-job");
        j.jenkins.setCrumbIssuer(new DefaultCrumbIssuer(false));
        j.jenkins.setSecurityRealm(j.createDummySecurityRealm());
        j.jenkins.setAuthorizationStrategy(new MockAuthorizationStrategy()
                .grant(Jenkins.READ)
                .everywhere()
                .to("visitor")
                .grant(Jenkins.READ, Item.READ)
                .everywhere()
                .to("reader")
                .grant(Jenkins.ADMINISTER)
                .everywhere()
                .to("admin"));
        id = ArmoryRuntime.get().tokens().newId();
        TestBuilds.create(
                ArmoryRuntime.get().approvals(),
                TestApproval.of(id, running(job.getFullName()))
                        .environment("prod")
                        .webhook("tests")
                        .timeout(Instant.now(), Duration.ofHours(1))
                        .start());
        client = new TestCaller(j.getURL());
    }

    /** Returns the running build of a job, and starts one if there is none. */
    public static BuildRef running(String job) throws Exception {
        WorkflowJob pipeline = Jenkins.get().getItemByFullName(job, WorkflowJob.class);
        WorkflowRun run = pipeline.getLastBuild();
        if (run == null || !run.isBuilding()) {
            pipeline.setDefinition(new CpsFlowDefinition("sleep 600", true));
            WorkflowRun started = pipeline.scheduleBuild2(0).waitForStart();
            await().atMost(Duration.ofMinutes(1))
                    .until(() -> JenkinsRule.getLog(started).contains("Sleeping for"));
            run = started;
        }
        return BuildRecord.refTo(run);
    }

    private String token() {
        return ArmoryRuntime.get().tokens().tokenFor(id);
    }

    private JSONArray approvalsSeenBy(String user) throws Exception {
        String json = j.createWebClient()
                .login(user)
                .goTo("armory/api/json", "application/json")
                .getWebResponse()
                .getContentAsString();
        return JSONObject.fromObject(json).getJSONArray("approvals");
    }

    @Test
    void takesACallbackWithoutLoginAndCrumb() throws Exception {
        HttpResponse<String> response = client.post(id, token(), "{\"success\": true, \"mdMessage\": \"*fine*\"}");

        assertThat(response.statusCode()).isEqualTo(200);
        assertThat(response.headers().firstValue("Content-Type")).contains("application/json;charset=utf-8");
        assertThat(response.headers().firstValue("Cache-Control")).contains("no-store");
        JSONObject shown = approvalsSeenBy("reader").getJSONObject(0);
        assertThat(shown.getJSONObject("decision").getString("mdMessage")).isEqualTo("*fine*");
    }

    @Test
    void refusesACallerWithoutATokenInItsOwnWords() throws Exception {
        HttpResponse<String> response = client.anonymous("POST", "approvals/" + id);

        assertThat(response.statusCode()).isEqualTo(401);
        assertThat(response.headers().firstValue("WWW-Authenticate"))
                .contains("Bearer realm=\"armory\", error=\"invalid_token\"");
        assertThat(JSONObject.fromObject(response.body()).getString("error")).isEqualTo("invalid_token");
        assertThat(client.anonymous("GET", "approvals/" + id + "/callback").statusCode())
                .isEqualTo(405);
    }

    @Test
    void showsAnAnonymousVisitorNothing() throws Exception {
        for (String path : new String[] {"", "api/json"}) {
            HttpResponse<String> response = client.anonymous("GET", path);
            assertThat(response.statusCode()).as(path).isEqualTo(403);
            assertThat(response.body()).doesNotContain("secret-job", id);
        }
    }

    @Test
    void asksACrumbOfEverythingButCallbacks() throws Exception {
        for (String path :
                new String[] {"", "api/json", "approvals/", "approvals/" + id + "/other", "approvals/a/callback/b"}) {
            assertThat(client.anonymous("POST", path).statusCode()).as(path).isEqualTo(403);
        }
    }

    @Test
    void showsTheApprovalsOfJobsThatTheViewerMaySee() throws Exception {
        assertThat(approvalsSeenBy("visitor").size()).isZero();

        JSONObject approval = approvalsSeenBy("reader").getJSONObject(0);
        assertThat(approval.getString("id")).isEqualTo(id);
        assertThat(approval.getString("buildUrl")).isEqualTo("job/secret-job/1/");
        assertThat(approval.getString("state")).isEqualTo("SENDING");
        assertThat(approval.toString()).doesNotContain(token());
    }

    @Test
    void hasAPage() throws Exception {
        assertThat(page("reader"))
                .contains("id=\"armory-approvals\"", "armory-webhook-approval/approvals.js", "Webhook Approvals");
    }

    @Test
    void linksToTheHistoryForAdministratorsAlone() throws Exception {
        assertThat(page("admin")).contains("href=\"history/" + YearMonth.now(ZoneOffset.UTC) + ".ndjson\"");
        assertThat(page("reader")).doesNotContain("href=\"history/");
    }

    private String page(String user) throws Exception {
        return j.createWebClient()
                .withJavaScriptEnabled(false)
                .login(user)
                .goTo("armory/")
                .getWebResponse()
                .getContentAsString();
    }

    @Test
    void answersAStrangePathInJson() throws Exception {
        HttpResponse<String> response = client.anonymous("GET", "no/such/path");

        assertThat(response.statusCode()).isEqualTo(404);
        assertThat(JSONObject.fromObject(response.body()).getString("error")).isEqualTo("not_found");
    }
}
