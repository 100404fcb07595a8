package io.jenkins.plugins.armory.config;

import static org.assertj.core.api.Assertions.assertThat;

import io.jenkins.plugins.armory.storage.history.RulesChange;
import io.jenkins.plugins.armory.storage.history.RulesChange.Kind;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class EnvironmentChangesTest {

    private static EnvironmentDefinition environment(String name, String jobs, String... agents) {
        var environment = new EnvironmentDefinition(name, jobs);
        environment.setAgents(List.of(agents));
        return environment;
    }

    private static EnvironmentDefinition asking(String question, String... submitters) {
        var people = new ManualApproval();
        people.setMessage(question);
        people.setSubmitters(List.of(submitters));
        var rule = new EnvironmentRule();
        rule.setManualApproval(people);
        EnvironmentDefinition environment = environment("prod", "shop/*");
        environment.setBefore(List.of(rule));
        return environment;
    }

    private static List<String> between(List<EnvironmentDefinition> before, List<EnvironmentDefinition> after) {
        return EnvironmentChanges.between(before, after).stream()
                .map(change -> change.environment() + ' ' + change.kind() + ' ' + change.fields())
                .toList();
    }

    @Test
    void theSameAgainIsNoChange() {
        EnvironmentDefinition other = asking("Release?", "alice");
        other.setAfter(new ArrayList<>());

        assertThat(between(List.of(asking("Release?", "alice")), List.of(other)))
                .isEmpty();
    }

    @Test
    void namesTheFieldsThatChanged() {
        assertThat(between(List.of(asking("Release?", "alice")), List.of(asking("Release?", "bob"))))
                .containsExactly("prod CHANGED [before]");
        assertThat(between(List.of(environment("prod", "a")), List.of(environment("prod", "b", "deployer"))))
                .containsExactly("prod CHANGED [agents, jobs]");
    }

    @Test
    void hasWhatWasAddedAndRemovedAlsoOfSeveralOfOneName() {
        List<EnvironmentDefinition> one = List.of(environment("prod", "a"));
        List<EnvironmentDefinition> two = List.of(environment("prod", "a"), environment("prod", "b"));

        assertThat(EnvironmentChanges.between(one, two))
                .extracting(RulesChange::kind)
                .containsExactly(Kind.ADDED);
        assertThat(EnvironmentChanges.between(two, List.of()))
                .extracting(RulesChange::kind)
                .containsExactly(Kind.REMOVED, Kind.REMOVED);
    }
}
