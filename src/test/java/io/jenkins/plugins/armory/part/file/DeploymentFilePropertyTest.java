package io.jenkins.plugins.armory.part.file;

import static org.assertj.core.api.Assertions.assertThat;

import io.jenkins.plugins.armory.Draw;
import io.jenkins.plugins.armory.Seeds;
import io.jenkins.plugins.armory.part.file.DeploymentPlan.Action;
import io.jenkins.plugins.armory.part.file.DeploymentPlan.Step;
import io.jenkins.plugins.armory.part.file.DeploymentPlan.Target;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Properties of any file: it has a consistent plan, or every mistake in it has a place. */
class DeploymentFilePropertyTest {

    private static final List<String> WORDS = words();

    /** Moves lines of a file, leaves them out, indents them otherwise, or gives them another word from some file. */
    @Test
    void fileWithChangedLinesHasAPlanOrMistakesWithPlaces() {
        Seeds.each(300, draw -> {
            List<String> lines = new ArrayList<>(
                    Examples.text(draw.any(Examples.NAMES)).lines().toList());
            for (int changes = draw.between(1, 3); changes > 0; changes--) {
                change(lines, draw);
            }
            planOrRefuse(String.join("\n", lines));
        });
    }

    private static void change(List<String> lines, Draw draw) {
        int from = draw.between(0, lines.size() - 1);
        int to = draw.between(0, lines.size() - 1);
        String line = lines.get(from);
        switch (draw.nextInt(6)) {
            case 0 -> lines.remove(from);
            case 1 -> lines.add(to, lines.remove(from));
            case 2 -> lines.add(to, line);
            case 3 -> lines.set(from, "  " + line);
            case 4 -> lines.set(from, line.replaceFirst("^ {2}", ""));
            default -> lines.set(from, line.replaceFirst("[\\w-]+", draw.any(WORDS)));
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

    @Test
    void fileWithChangedCharactersHasAPlanOrMistakesWithPlaces() {
        Seeds.each(300, draw -> {
            String file = Examples.text(draw.any(Examples.NAMES));
            int from = draw.between(0, file.length() - 1);
            String insertion = draw.any(
                    "", "\n", ":", "- ", "{", "[", "]", "}", "\"", "'", "&a ", "*a", "!!x ", "<<: *a", "\t", "? ", "\0",
                    "0", "\u202e", "\u0085");
            planOrRefuse(file.substring(0, from)
                    + insertion
                    + file.substring(Math.min(file.length(), from + draw.between(0, 39))));
        });
    }

    private static void planOrRefuse(String text) {
        try {
            assertConsistent(PlannedDeployment.read(text, Map.of(), Map.of()).plan());
        } catch (PlannedDeployment.InvalidException x) {
            assertThat(x.getMessage().lines())
                    .isNotEmpty()
                    .allMatch(line -> line.matches("config( line \\d+, column \\d+|: is not YAML): .+"));
        }
    }

    private static void assertConsistent(DeploymentPlan plan) {
        var ids = new HashSet<String>();
        assertThat(PlannedDeploymentTest.steps(plan).map(Step::id)).isNotEmpty().allMatch(ids::add);
        for (Target target : plan.targets()) {
            assertThat(ids.add(target.rollback().id())).isTrue();
            assertThat(target.steps().map(Step::id)).allMatch(id -> id.startsWith(target.name() + "/"));
            assertThat(target.strategy().get(0).get(0))
                    .isInstanceOfSatisfying(
                            Action.class, action -> assertThat(action.action()).isEqualTo("deploy"));
        }
        assertThat(PlannedDeploymentTest.steps(plan).map(Step::label)).noneMatch(Problems::isUnprintable);
        var done = new HashSet<String>();
        var left = new ArrayList<>(plan.targets());
        while (left.removeIf(target -> done.containsAll(target.dependsOn()) && done.add(target.name()))) {
            // the next level of the graph
        }
        assertThat(left).isEmpty();
    }
}
