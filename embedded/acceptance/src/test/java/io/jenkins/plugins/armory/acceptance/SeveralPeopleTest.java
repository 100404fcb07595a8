package io.jenkins.plugins.armory.acceptance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.jenkins.plugins.armory.acceptance.driver.Answer;
import io.jenkins.plugins.armory.acceptance.driver.Build;
import io.jenkins.plugins.armory.acceptance.driver.EmbeddedController;
import io.jenkins.plugins.armory.acceptance.driver.Jenkins;
import java.util.List;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Approvals that several different people have to give. One who rejects decides at once. */
@AcceptanceTest
class SeveralPeopleTest {

    private static final String TWO =
            "manualApproval: [message: 'Go?', submitters: ['alice', 'bob', 'carol'], required: 2]";

    private static Build start(Jenkins jenkins) {
        return jenkins.build("def r = armoryWebhookApproval(" + TWO + ")\necho \"went on: ${r.decidedBy}\"")
                .awaitWaiting(1);
    }

    private static Answer decide(Build build, String user, String decision) {
        return build.as(user).decide(build.approval(), decision, "by " + user);
    }

    private static List<String> users(JsonNode approvals) {
        return StreamSupport.stream(approvals.spliterator(), false)
                .map(each -> each.get("user").asText())
                .toList();
    }

    private static List<String> users(Build build) {
        return users(build.approval().at("/manualApproval/approvals"));
    }

    @ParameterizedTest
    @CsvSource({"alice,bob", "carol,alice"})
    void twoOfThreeInAnyOrder(String first, String second, Jenkins jenkins) {
        Build build = start(jenkins);
        assertThat(build.approval().at("/manualApproval/required").asInt()).isEqualTo(2);

        JsonNode one = decide(build, first, "approve").json();
        assertThat(one.get("decided").asBoolean()).isFalse();
        assertThat(one.get("required").asInt()).isEqualTo(2);
        assertThat(users(one.get("approvals"))).containsExactly(first);
        assertThat(one.has("decision")).isFalse();
        assertThat(users(build)).containsExactly(first);
        JsonNode two = decide(build, second, "approve").json();
        assertThat(two.get("decided").asBoolean()).isTrue();
        assertThat(two.at("/decision/decidedBy").asText()).isEqualTo("users " + first + " and " + second);

        assertThat(build.awaitResult("SUCCESS"))
                .contains(
                        "2 people must approve (alice, bob, carol): Go?",
                        "Approved by " + first + ": by " + first + ". 1 of 2 people have approved.",
                        "Manual approval 'Go?' succeeded (users " + first + " and " + second + "): ",
                        "went on: users " + first + " and " + second);
        assertThat(build.approval().at("/manualApproval/user").asText()).isEqualTo(first + " and " + second);
        decide(build, first, "reject").expect(409);
    }

    @Test
    void onePersonCountsOnce(Jenkins jenkins) {
        Build build = start(jenkins);
        decide(build, "alice", "approve");
        for (String same : List.of("alice", "ALICE")) {
            assertThat(decide(build, same, "approve").json().get("duplicate").asBoolean())
                    .isTrue();
        }
        assertThat(users(build)).containsExactly("alice");
        assertThat(build.isBuilding()).isTrue();
        build.abort();
    }

    /**
     * Somebody who is not logged in may be the same person twice. A real Jenkins of this suite lets nobody in without a
     * login.
     */
    @Test
    void whoIsNotLoggedInDoesNotCount(Jenkins jenkins) {
        assumeThat(jenkins.controller()).isInstanceOf(EmbeddedController.class);
        Build build = start(jenkins);

        Answer answer = build.decide(build.approval(), "approve", "");
        answer.expect(403);
        assertThat(answer.json().get("message").asText()).startsWith("Log in to approve");
        build.decide(build.approval(), "reject", "no").expect(200);
        build.awaitResult("FAILURE");
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 101})
    void aNumberThatMakesNoSenseIsAnError(int required, Jenkins jenkins) {
        Build build = jenkins.build("armoryWebhookApproval(manualApproval: [required: " + required + "])");

        assertThat(build.awaitResult("FAILURE"))
                .contains("armoryWebhookApproval: manualApproval.required: must be from 1 to 100, and is " + required);
        assertThat(build.approvals()).isEmpty();
    }

    /**
     * Here, everybody is an administrator and counts for each rule; PersonalDecisionJenkinsTest and RuleMatchingTest
     * have the rest.
     */
    @Test
    void eachRuleNeedsAPersonOfItsOwn(Jenkins jenkins) {
        Build build = jenkins.build("armoryWebhookApproval(manualApproval: [message: 'Go?', rules: [\n"
                        + "    'qa', [submitters: 'ops, oncall']]])")
                .awaitWaiting(1);
        assertThat(build.approval().at("/manualApproval/required").asInt()).isEqualTo(2);
        decide(build, "alice", "approve").expect(200);
        JsonNode rules = build.approval().at("/manualApproval/rules");
        assertThat(rules.at("/0/approvedBy")).hasSize(1);
        assertThat(rules.at("/1/approvedBy")).isEmpty();
        assertThat(rules.findValuesAsText("needsPeople"))
                .as("alice can count for the other one")
                .containsExactly("true", "true");
        assertThat(build.approval().at("/manualApproval/needed").asText()).isEqualTo("1 more of qa, ops, oncall");
        decide(build, "bob", "approve").expect(200);

        assertThat(build.awaitResult("SUCCESS"))
                .contains(
                        "2 people must approve (1 of qa; 1 of ops, oncall): Go?",
                        "Approved by alice: by alice. 1 of 2 people have approved. Still needed: 1 more of qa, ops, oncall.",
                        "Manual approval 'Go?' succeeded (users alice and bob): ");
        assertThat(build.approval().at("/manualApproval/needed").asText()).isEmpty();
        assertThat(build.approval().at("/manualApproval/rules/1/approvedBy/0").asText())
                .isEqualTo("bob");
    }

    @Test
    void aRuleThatMakesNoSenseIsAnError(Jenkins jenkins) {
        Mistakes.assertNamed(
                jenkins,
                "armoryWebhookApproval(manualApproval: [%s])",
                "rules: ['alice', 'bob'], required: 2 | manualApproval.rules: each rule has submitters and required of its own",
                "rules: ['alice', ' , '] | manualApproval.rules[1].submitters: names nobody",
                "rules: [[submitters: 'alice; bob']] | manualApproval.rules[0].submitters: \"alice; bob\" is one name",
                "rules: [[submitters: '']] | manualApproval: rules[0]: submitters: is empty",
                "rules: [] | manualApproval: rules: is empty",
                "rules: [[submiters: 'alice']] | manualApproval.rules[0].submiters: there is no such parameter; did you mean submitters?",
                "rules: [[submitters: 'a', required: 60], [submitters: 'b', required: 60]] | required: must be from 1 to 100, and is 120");
    }

    /** The embedded controller's builds have no causes; RequestersJenkinsTest has the rest. */
    @Test
    void whoRequestedTheBuildMayNotApprove(Jenkins jenkins) {
        boolean embedded = jenkins.controller() instanceof EmbeddedController;
        Build build = jenkins.build("armoryWebhookApproval(manualApproval: [notByRequester: true])")
                .awaitWaiting(1);
        assertThat(build.approval().at("/manualApproval/requesters")).hasSize(embedded ? 0 : 1);
        Answer answer = decide(build, "admin", "approve");
        if (!embedded) {
            answer.expect(403);
            assertThat(answer.json().get("message").asText()).startsWith("You requested this build");
            assertThat(build.approval().at("/manualApproval/mayApprove").asBoolean())
                    .isFalse();
            assertThat(build.approval().at("/manualApproval/mayReject").asBoolean())
                    .isTrue();
            decide(build, "alice", "approve");
        }

        assertThat(build.awaitResult("SUCCESS"))
                .contains(
                        embedded
                                ? "No user requested this build, so notByRequester excludes nobody."
                                : "Not by who requested this build: admin.");
    }
}
