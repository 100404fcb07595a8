package io.jenkins.plugins.armory.web;

import static org.assertj.core.api.Assertions.assertThat;

import hudson.model.Item;
import hudson.security.Permission;
import hudson.security.PermissionGroup;
import io.jenkins.plugins.armory.approval.Approval;
import io.jenkins.plugins.armory.approval.ApprovalTerms;
import io.jenkins.plugins.armory.approval.BuildRef;
import io.jenkins.plugins.armory.approval.ManualRequirement;
import io.jenkins.plugins.armory.runtime.ArmoryRuntime;
import java.net.URL;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import jenkins.model.Jenkins;
import org.htmlunit.HttpMethod;
import org.htmlunit.WebRequest;
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
    private WorkflowJob job;

    @BeforeEach
    void start(JenkinsRule rule) throws Exception {
        j = rule;
        job = j.createProject(WorkflowJob.class, "deploy");
        JenkinsRule.DummySecurityRealm realm = j.createDummySecurityRealm();
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
                .grant(Jenkins.ADMINISTER)
                .everywhere()
                .to("admin"));
    }

    private String newApproval(String... submitters) throws Exception {
        String id = ArmoryRuntime.get().tokens().newId();
        ArmoryRuntime.get()
                .approvals()
                .create(ApprovalTerms.of(id, new BuildRef("deploy", 1))
                        .environment("prod")
                        .webhook("tests")
                        .timeout(Instant.now(), Duration.ofHours(1))
                        .manual(new ManualRequirement("Go?", List.of(submitters)))
                        .start());
        return id;
    }

    private int decide(String user, String id, String decision) throws Exception {
        JenkinsRule.WebClient client = j.createWebClient().withBasicApiToken(user);
        client.getOptions().setThrowExceptionOnFailingStatusCode(false);
        return client.getPage(
                        new WebRequest(new URL(j.getURL(), "armory/approvals/" + id + "/" + decision), HttpMethod.POST))
                .getWebResponse()
                .getStatusCode();
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

    @Test
    void asksForPostAndACrumb() throws Exception {
        String id = newApproval();
        JenkinsRule.WebClient client = j.createWebClient().login("builder");
        client.getOptions().setThrowExceptionOnFailingStatusCode(false);
        URL url = new URL(j.getURL(), "armory/approvals/" + id + "/approve");

        assertThat(client.getPage(url).getWebResponse().getStatusCode()).isEqualTo(405);
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
                .containsExactlyInAnyOrder("Approve", "Reject");
        assertThat(Permission.fromId("io.jenkins.plugins.armory.web.ArmoryPermissions.Approve"))
                .isSameAs(ArmoryPermissions.APPROVE);
    }
}
