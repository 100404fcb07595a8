package io.jenkins.plugins.armory.part.file;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.jenkins.plugins.armory.part.file.DeploymentPlan.Action;
import io.jenkins.plugins.armory.part.file.DeploymentPlan.ManualApproval;
import io.jenkins.plugins.armory.part.file.DeploymentPlan.Pause;
import io.jenkins.plugins.armory.part.file.DeploymentPlan.RunWebhook;
import io.jenkins.plugins.armory.part.file.DeploymentPlan.Target;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class DeploymentPlanTest {

    private static final DeploymentPlan PLAN = new DeploymentPlan(
            List.of(target("dev"), target("staging", "dev"), target("prod", "staging", "dev")), Duration.ofMinutes(5));

    private static Target target(String name, String... dependsOn) {
        return new Target(
                name,
                "account",
                name.equals("dev") ? null : "namespace",
                List.of(dependsOn),
                List.of(
                        new ManualApproval(name + "/before/1", "approval", List.of("a"), null),
                        new ManualApproval(name + "/before/2", "approval", List.of(), Duration.ofHours(1))),
                List.of(
                        List.of(action(name)),
                        List.of(new Pause(name + "/strategy/2", "pause", Duration.ofSeconds(7)))),
                List.of(new RunWebhook(name + "/after/1", "webhook w", "w", inOrder("z", "y", "x", "w", "b", "a"))));
    }

    private static Action action(String name) {
        return new Action(
                name + "/strategy/1", "deploy", "deploy", inOrder("ARMORY_ACTION", "deploy", "Z", "1", "A", "2"));
    }

    private static Map<String, String> inOrder(String... keysAndValues) {
        var map = new LinkedHashMap<String, String>();
        for (int i = 0; i < keysAndValues.length; i += 2) {
            map.put(keysAndValues[i], keysAndValues[i + 1]);
        }
        return map;
    }

    @Test
    void keepsTheOrderOfTheFile() {
        assertThat(((RunWebhook) PLAN.targets().get(0).after().get(0)).context().keySet())
                .containsExactly("z", "x", "b");
    }

    @Test
    void partKeepsTheOrderOfTheFile() {
        DeploymentPlan part = PLAN.only(List.of("prod", "dev"));

        assertThat(part.targets()).extracting(Target::name).containsExactly("dev", "prod");
        assertThat(part.targets().get(1).dependsOn()).containsExactly("dev");
        assertThat(part.actionTimeout()).isEqualTo(Duration.ofMinutes(5));
        assertThat(PLAN.only(List.of("prod", "staging", "dev"))).isEqualTo(PLAN);
    }

    @Test
    void partKeepsWhatATargetThatIsLeftOutDependsOn() {
        var chain = new DeploymentPlan(
                List.of(target("dev"), target("qa", "dev"), target("staging", "qa"), target("prod", "staging", "qa")),
                null);

        assertThat(chain.only(List.of("dev", "prod")).targets().get(1).dependsOn())
                .containsExactly("dev");
    }

    @Test
    void partNeedsKnownNames() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> PLAN.only(List.of("dev", "prd")))
                .withMessage("targets: the deployment has no target \"prd\"; it has \"dev\", \"staging\", \"prod\"");
    }

    @Test
    void rollbackHasTheVariablesOfTheDeployment() {
        assertThat(PLAN.targets().get(0).rollback())
                .isEqualTo(new Action(
                        "dev/rollback",
                        "roll back",
                        "rollback",
                        Map.of("ARMORY_ACTION", "rollback", "Z", "1", "A", "2")));
    }
}
