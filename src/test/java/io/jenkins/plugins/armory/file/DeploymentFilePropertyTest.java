package io.jenkins.plugins.armory.file;

import static org.assertj.core.api.Assertions.assertThat;

import io.jenkins.plugins.armory.deployment.DeploymentPlan;
import io.jenkins.plugins.armory.deployment.DeploymentPlan.Action;
import io.jenkins.plugins.armory.deployment.DeploymentPlan.Step;
import io.jenkins.plugins.armory.deployment.DeploymentPlan.Target;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.From;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

/** Properties of any file: it has a consistent plan, or every mistake in it has a place. */
class DeploymentFilePropertyTest {

    @Property(tries = 3000)
    void fileWithChangedLinesHasAPlanOrMistakesWithPlaces(@ForAll @From("changedLines") String text) {
        planOrRefuse(text);
    }

    @Property(tries = 3000)
    void fileWithChangedCharactersHasAPlanOrMistakesWithPlaces(@ForAll @From("changedCharacters") String text) {
        planOrRefuse(text);
    }

    /** Files of which lines are moved, left out, indented otherwise, or get another word from some file. */
    @Provide
    Arbitrary<String> changedLines() {
        Arbitrary<Integer> any = Arbitraries.integers().between(0, 1000);
        Arbitrary<List<List<Integer>>> changes =
                any.list().ofSize(4).list().ofMinSize(1).ofMaxSize(3);
        return Combinators.combine(Arbitraries.of(Examples.NAMES), changes).as((name, list) -> {
            List<String> lines = new ArrayList<>(Examples.text(name).lines().toList());
            list.forEach(change -> change(lines, change.get(0) % 6, change.get(1), change.get(2), change.get(3)));
            return String.join("\n", lines);
        });
    }

    private static void change(List<String> lines, int kind, int at, int to, int word) {
        int from = at % lines.size();
        String line = lines.get(from);
        switch (kind) {
            case 0 -> lines.remove(from);
            case 1 -> lines.add(to % lines.size(), lines.remove(from));
            case 2 -> lines.add(to % lines.size(), line);
            case 3 -> lines.set(from, "  " + line);
            case 4 -> lines.set(from, line.replaceFirst("^ {2}", ""));
            default -> lines.set(from, line.replaceFirst("[\\w-]+", words().get(word % words().size())));
        }
        if (lines.isEmpty()) {
            lines.add("");
        }
    }

    private static List<String> words() {
        Set<String> words = new HashSet<>(Set.of("-1", "0", "1e9", "null", "{}", "[]", "true", "*a", "&a x", "<<"));
        for (String name : Examples.NAMES) {
            words.addAll(List.of(Examples.text(name).split("[^\\w-]+")));
        }
        return words.stream().filter(word -> !word.isEmpty()).sorted().toList();
    }

    @Provide
    Arbitrary<String> changedCharacters() {
        Arbitrary<String> insertion = Arbitraries.of(
                "", "\n", ":", "- ", "{", "[", "]", "}", "\"", "'", "&a ", "*a", "!!x ", "<<: *a", "\t", "? ", "\0",
                "0", "\u202e", "\u0085");
        Arbitrary<Integer> place = Arbitraries.integers().between(0, 2000);
        return Combinators.combine(Arbitraries.of(Examples.NAMES), place, place, insertion)
                .as((name, from, length, text) -> {
                    String file = Examples.text(name);
                    int start = from % file.length();
                    return file.substring(0, start)
                            + text
                            + file.substring(Math.min(file.length(), start + length % 40));
                });
    }

    private static void planOrRefuse(String text) {
        try {
            assertConsistent(PlannedDeployment.read("deploy.yml", text).plan());
        } catch (DeploymentFile.InvalidException x) {
            assertThat(x.getMessage().lines())
                    .isNotEmpty()
                    .allMatch(line -> line.matches("deploy\\.yml( line \\d+, column \\d+|: is not YAML): .+")
                            || line.startsWith("deploy.yml: is not YAML: "));
        }
    }

    private static void assertConsistent(DeploymentPlan plan) {
        var ids = new HashSet<String>();
        assertThat(plan.steps().map(Step::id)).isNotEmpty().allMatch(ids::add);
        for (Target target : plan.targets()) {
            assertThat(ids.add(target.rollback().id())).isTrue();
            assertThat(target.steps().map(Step::id)).allMatch(id -> id.startsWith(target.name() + "/"));
            assertThat(target.strategy().get(0).get(0))
                    .isInstanceOfSatisfying(
                            Action.class, action -> assertThat(action.action()).isEqualTo("deploy"));
        }
        assertThat(plan.steps().map(Step::label)).noneMatch(Problems::isUnprintable);
        var done = new HashSet<String>();
        var left = new ArrayList<>(plan.targets());
        while (left.removeIf(target -> done.containsAll(target.dependsOn()) && done.add(target.name()))) {
            // the next level of the graph
        }
        assertThat(left).isEmpty();
    }
}
