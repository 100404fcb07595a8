package io.jenkins.plugins.armory.part.protect;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import hudson.model.Item;
import hudson.model.User;
import hudson.security.ACL;
import hudson.security.ACLContext;
import io.jenkins.plugins.armory.runtime.ArmoryRuntime;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.stream.StreamSupport;
import jenkins.model.Jenkins;
import org.jenkinsci.plugins.workflow.cps.CpsFlowDefinition;
import org.jenkinsci.plugins.workflow.job.WorkflowJob;
import org.junit.jupiter.api.Test;
import org.jvnet.hudson.test.JenkinsRule;
import org.jvnet.hudson.test.MockAuthorizationStrategy;
import org.jvnet.hudson.test.junit.jupiter.WithJenkins;

@WithJenkins
class EnvironmentListJenkinsTest {

    private static JsonNode as(String user) throws IOException {
        try (ACLContext ignored = ACL.as2(User.getOrCreateByIdOrFullName(user).impersonate2())) {
            return EnvironmentList.response(ArmoryRuntime.get(), null).body().get("environments");
        }
    }

    private static List<String> texts(JsonNode list, String field) {
        return StreamSupport.stream(list.spliterator(), false)
                .map(each -> each.path(field).asText())
                .toList();
    }

    @Test
    void eachSeesWhatConcernsTheirJobs(JenkinsRule rule) throws Exception {
        rule.jenkins.setSecurityRealm(rule.createDummySecurityRealm());
        WorkflowJob own = rule.createProject(WorkflowJob.class, "own");
        WorkflowJob others = rule.createProject(WorkflowJob.class, "others");
        rule.jenkins.setAuthorizationStrategy(new MockAuthorizationStrategy()
                .grant(Jenkins.ADMINISTER)
                .everywhere()
                .to("admin")
                .grant(Jenkins.READ)
                .everywhere()
                .to("alice")
                .grant(Item.READ)
                .onItems(own)
                .to("alice"));
        ArmoryEnvironments.get()
                .setEnvironments(List.of(
                        new EnvironmentDefinition("shared", "**"), new EnvironmentDefinition("hidden", "others")));
        for (WorkflowJob job : List.of(own, others)) {
            job.setDefinition(new CpsFlowDefinition("armoryEnvironment('shared') { echo 'deployed' }", true));
            rule.buildAndAssertSuccess(job);
        }
        await().atMost(Duration.ofSeconds(60))
                .untilAsserted(
                        () -> assertThat(as("admin").at("/0/deployments")).hasSize(2));

        assertThat(texts(as("alice"), "name")).containsExactly("shared");
        assertThat(as("alice").get(0).has("rules")).isFalse();
        assertThat(texts(as("alice").at("/0/deployments"), "job")).containsExactly("own");
        assertThat(texts(as("admin"), "name")).containsExactly("shared", "hidden");
        assertThat(as("admin").get(0).has("rules")).isTrue();

        others.delete();
        own.renameTo("renamed");

        assertThat(texts(as("admin").at("/0/deployments"), "job"))
                .as("as they were called then")
                .containsExactlyInAnyOrder("own", "others");
        assertThat(as("alice")).isEmpty(); // who may read the job by its old name alone
    }
}
