package io.jenkins.plugins.armory.web;

import static org.assertj.core.api.Assertions.assertThat;

import hudson.model.Item;
import hudson.security.Permission;
import hudson.security.PermissionGroup;
import io.jenkins.plugins.armory.approval.Approval;
import io.jenkins.plugins.armory.approval.Decision;
import io.jenkins.plugins.armory.approval.PeopleRule;
import io.jenkins.plugins.armory.approval.TestApproval;
import io.jenkins.plugins.armory.approval.Vote;
import io.jenkins.plugins.armory.runtime.ArmoryRuntime;
import io.jenkins.plugins.armory.store.TestBuilds;
import java.net.URI;
import java.net.URL;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import jenkins.model.Jenkins;
import org.htmlunit.HttpMethod;
import org.htmlunit.WebRequest;
import org.htmlunit.WebResponse;
import org.htmlunit.html.HtmlPage;
import org.jenkinsci.plugins.workflow.job.WorkflowJob;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.jvnet.hudson.test.JenkinsRule;
import org.jvnet.hudson.test.MockAuthorizationStrategy;
import org.jvnet.hudson.test.junit.jupiter.WithJenkins;

/** Tests of decisions by persons and of their permissions. */
@WithJenkins
class PersonalDecisionJenkinsTest {

    private JenkinsRule j;
    private JenkinsRule.DummySecurityRealm realm;
    private WorkflowJob job;

    @BeforeEach
    void start(JenkinsRule rule) throws Exception {
        j = rule;
        job = j.createProject(WorkflowJob.class, "deploy");
        realm = j.createDummySecurityRealm();
        realm.addGroups("olga", "ops");
        j.jenkins.setSecurityRealm(realm);
        j.jenkins.setAuthorizationStrategy(new MockAuthorizationStrategy()
                .grant(Jenkins.READ, Item.READ)
                .everywhere()
                .to("reader", "olga")
                .grant(Jenkins.READ, Item.READ, Item.BUILD)
                .everywhere()
                .to("builder")
                .grant(Jenkins.READ, Item.READ, ArmoryPermissions.APPROVE)
                .everywhere()
                .to("approver")
                .grant(Jenkins.READ)
                .everywhere()
                .to("visitor")
                .grant(Item.READ, Item.BUILD, ArmoryPermissions.OVERRIDE)
                .everywhere()
                .to("former")
                .grant(Jenkins.ADMINISTER)
                .everywhere()
                .to("admin"));
    }

    private String newApproval(String... submitters) throws Exception {
        return newApproval(1, submitters);
    }

    private String newApproval(int required, String... submitters) throws Exception {
        String id = ArmoryRuntime.get().tokens().newId();
        TestBuilds.create(
                ArmoryRuntime.get().approvals(),
                TestApproval.of(id, ArmoryRootActionJenkinsTest.running("deploy"))
                        .environment("prod")
                        .webhook("tests")
                        .timeout(Instant.now(), Duration.ofHours(1))
                        .manual(TestApproval.requirement("Go?", List.of(submitters), required))
                        .start());
        return id;
    }

    private String byRules(PeopleRule... rules) throws Exception {
        String id = ArmoryRuntime.get().tokens().newId();
        TestBuilds.create(
                ArmoryRuntime.get().approvals(),
                TestApproval.of(id, ArmoryRootActionJenkinsTest.running("deploy"))
                        .timeout(Instant.now(), Duration.ofHours(1))
                        .manual(TestApproval.requirement("Go?", List.of(rules)))
                        .byPersonAlone()
                        .start());
        return id;
    }

    private int decide(String user, String id, String decision) throws Exception {
        return post(user, id, decision).getStatusCode();
    }

    private WebResponse post(String user, String id, String decision) throws Exception {
        JenkinsRule.WebClient client = j.createWebClient().withBasicApiToken(user);
        client.getOptions().setThrowExceptionOnFailingStatusCode(false);
        return client.getPage(
                        new WebRequest(new URL(j.getURL(), "armory/approvals/" + id + "/" + decision), HttpMethod.POST))
                .getWebResponse();
    }

    private Approval approval(String id) throws Exception {
        return ArmoryRuntime.get().approvals().find(id).orElseThrow();
    }

    @Test
    void whoMayBuildMayDecide() throws Exception {
        String id = newApproval();
        assertThat(decide("reader", id, "approve")).isEqualTo(403);
        assertThat(decide("reader", id, "reject")).isEqualTo(403);
        assertThat(approval(id).person()).isNull();

        assertThat(decide("builder", id, "approve")).isEqualTo(200);
        assertThat(approval(id).person().decidedBy()).isEqualTo("builder");
        assertThat(decide("builder", newApproval(), "reject")).isEqualTo(200);
    }

    @Test
    void whoComesAfterTheDecisionIsToldThatItWasMadeWithoutThem() throws Exception {
        String withCallback = newApproval();
        String alone = byRules(new PeopleRule(List.of("olga", "builder"), 1));
        String rejected = newApproval();
        for (String id : List.of(withCallback, alone)) {
            assertThat(decide("admin", id, "approve")).isEqualTo(200);
            assertThat(decide("admin", id, "approve")).as("again").isEqualTo(200);
        }
        assertThat(decide("admin", rejected, "reject")).isEqualTo(200);

        WebResponse late = post("builder", withCallback, "approve");
        assertThat(late.getStatusCode()).isEqualTo(409);
        assertThat(late.getContentAsString()).contains("already_decided", "user admin");
        assertThat(decide("builder", alone, "approve")).isEqualTo(410);
        assertThat(decide("builder", rejected, "reject")).isEqualTo(410);
        assertThat(approval(alone).votes()).hasSize(1);
    }

    /** On every page the number, on that of the job a line that leads to the decision. */
    @Test
    void whoIsAskedSeesIt() throws Exception {
        String id = newApproval("reader");
        newApproval("olga");

        for (String user : List.of("reader", "builder")) {
            HtmlPage page =
                    j.createWebClient().withJavaScriptEnabled(false).login(user).getPage(job);
            boolean isAsked = user.equals("reader");
            assertThat(page.getElementById("root-action-ArmoryRootAction")
                            .getTextContent()
                            .contains("1"))
                    .isEqualTo(isAsked);
            assertThat(page.querySelectorAll("#main-panel a[href$='job/deploy/1/armory/#approval-" + id + "']"))
                    .hasSize(isAsked ? 1 : 0);
            assertThat(page.asNormalizedText().contains("Build #1 is waiting for you: tests"))
                    .isEqualTo(isAsked);
        }
    }

    @Test
    void permissionsToApproveAndToRejectAreTwo() throws Exception {
        String id = newApproval();

        assertThat(decide("approver", id, "reject")).isEqualTo(403);
        assertThat(decide("approver", id, "approve")).isEqualTo(200);
    }

    @Test
    void submittersAndAdministratorsAloneMayWhereThereAreSome() throws Exception {
        String id = newApproval("reader", "ops");
        assertThat(decide("builder", id, "approve")).isEqualTo(403);
        assertThat(decide("approver", id, "approve")).isEqualTo(403);

        assertThat(decide("reader", id, "approve")).isEqualTo(200);
        assertThat(decide("olga", newApproval("reader", "ops"), "approve"))
                .as("by her group")
                .isEqualTo(200);
        assertThat(decide("admin", newApproval("reader", "ops"), "reject")).isEqualTo(200);
    }

    @Test
    void approvalOfAJobThatMayNotBeSeenIsNotThere() throws Exception {
        assertThat(decide("visitor", newApproval("visitor"), "approve")).isEqualTo(404);
        assertThat(decide("builder", "nosuchapproval", "approve")).isEqualTo(404);
    }

    /** Without Overall/Read, Jenkins shows nothing of a job either, whatever that permits. */
    @Test
    void whoMayNotReadJenkinsDecidesNothing() throws Exception {
        String id = newApproval("former");
        for (String decision : List.of("approve", "reject", "override?decision=approve&reason=x")) {
            assertThat(decide("former", id, decision)).as(decision).isEqualTo(404);
        }
        assertThat(approval(id)).returns(false, Approval::isDecided).returns(List.of(), Approval::votes);
    }

    private List<String> voters(String id) throws Exception {
        return approval(id).votes().stream().map(Vote::user).toList();
    }

    @Test
    void differentPeopleHaveToApprove() throws Exception {
        String id = newApproval(2);
        assertThat(decide("builder", id, "approve")).isEqualTo(200);
        assertThat(decide("BUILDER", id, "approve")).as("the same user").isEqualTo(200);
        assertThat(voters(id)).containsExactly("builder");

        assertThat(decide("approver", id, "approve")).isEqualTo(200);
        assertThat(approval(id).person().decidedBy()).isEqualTo("builder and approver");
    }

    @Test
    void anApprovalCountsAsItWasGivenAlsoAfterThePermissionIsLost() throws Exception {
        String id = newApproval(2);
        decide("approver", id, "approve");
        j.jenkins.setAuthorizationStrategy(new MockAuthorizationStrategy()
                .grant(Jenkins.READ, Item.READ)
                .everywhere()
                .to("approver")
                .grant(Jenkins.READ, Item.READ, Item.BUILD)
                .everywhere()
                .to("builder"));

        assertThat(decide("approver", newApproval(), "approve")).isEqualTo(403);
        decide("builder", id, "approve");
        assertThat(voters(id)).containsExactly("approver", "builder");
    }

    @Test
    void aPersonOfTwoGroupsCountsWhereNobodyElseCan() throws Exception {
        realm.addGroups("olga", "ops", "qa");
        realm.addGroups("reader", "qa");
        realm.addGroups("builder", "qa");
        PeopleRule[] rules = {new PeopleRule(List.of("qa"), 1), new PeopleRule(List.of("ops"), 1)};
        for (String first : List.of("olga", "reader")) {
            String id = byRules(rules);
            assertThat(decide(first, id, "approve")).isEqualTo(200);
            assertThat(decide(first.equals("olga") ? "reader" : "olga", id, "approve"))
                    .isEqualTo(200);
            assertThat(approval(id).isDecided()).as("after " + first).isTrue();
        }

        String id = byRules(rules);
        decide("reader", id, "approve");
        assertThat(decide("builder", id, "approve")).as("qa has its people").isEqualTo(409);
        assertThat(decide("approver", id, "approve")).as("in no group").isEqualTo(403);
        assertThat(voters(id)).containsExactly("reader");
        assertThat(decide("builder", id, "reject")).isEqualTo(200);
    }

    @Test
    void overridingIsAPermissionOfItsOwnThatAdministratorsHave() throws Exception {
        for (String user : List.of("reader", "builder", "approver")) {
            String id = newApproval();
            assertThat(override(user, id, "approve", "CI+is+down").getStatusCode())
                    .as(user)
                    .isEqualTo(403);
            assertThat(approval(id).isDecided()).isFalse();
        }
        String id = newApproval();
        assertThat(override("admin", id, "approve", "+").getStatusCode()).isEqualTo(400);
        assertThat(override("admin", id, "maybe", "why").getStatusCode()).isEqualTo(400);
        WebResponse withInputs = override("admin", id, "reject", "no&inputs=%7B%22region%22:%22us%22%7D");
        assertThat(withInputs.getStatusCode()).isEqualTo(400);
        assertThat(withInputs.getContentAsString()).contains("inputs: goes with approve alone; leave it out");
        assertThat(override("admin", id, "approve", "CI+is+down").getContentAsString())
                .contains("\"override\":true");
        assertThat(approval(id).decision())
                .returns(true, Decision::override)
                .returns("override by user admin", Decision::decidedBy)
                .returns("CI is down", Decision::mdMessage);

        j.jenkins.setAuthorizationStrategy(new MockAuthorizationStrategy()
                .grant(Jenkins.READ, Item.READ, ArmoryPermissions.OVERRIDE)
                .everywhere()
                .to("reader"));
        assertThat(override("reader", newApproval(), "reject", "no").getStatusCode())
                .isEqualTo(200);
    }

    private WebResponse override(String user, String id, String decision, String reason) throws Exception {
        return post(user, id, "override?decision=" + decision + "&reason=" + reason);
    }

    @Test
    void asksForPostAndACrumb() throws Exception {
        String id = newApproval();
        JenkinsRule.WebClient client = j.createWebClient().login("builder");
        client.getOptions().setThrowExceptionOnFailingStatusCode(false);
        URL url = new URL(j.getURL(), "armory/approvals/" + id + "/approve");

        assertThat(client.getPage(url).getUrl())
                .hasPath(URI.create(j.getURL() + "job/deploy/1/armory/").getPath())
                .hasAnchor("approval-" + id);
        assertThat(client.getPage(new WebRequest(url, HttpMethod.POST))
                        .getWebResponse()
                        .getContentAsString())
                .contains("No valid crumb");
        assertThat(approval(id).person()).isNull();
        assertThat(client.getPage(client.addCrumb(new WebRequest(url, HttpMethod.POST)))
                        .getWebResponse()
                        .getStatusCode())
                .isEqualTo(200);
    }

    @Test
    void permissionsAreKnownToAdministrators() {
        assertThat(PermissionGroup.get(ArmoryPermissions.class).getPermissions())
                .extracting(permission -> permission.name)
                .containsExactlyInAnyOrder("Approve", "Reject", "Override");
        assertThat(Permission.fromId("io.jenkins.plugins.armory.web.ArmoryPermissions.Approve"))
                .isSameAs(ArmoryPermissions.APPROVE);
    }
}
