package io.jenkins.plugins.armory.web;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.jenkins.plugins.armory.approval.Approval;
import io.jenkins.plugins.armory.approval.Decision;
import io.jenkins.plugins.armory.environment.Environment;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class PageWordsTest {

    private static final Pattern SAY = Pattern.compile("\\bsay\\(\"([^\"]+)\"");

    /** A name as a text of its own, as in {@code choice.withReason ? "decide.reason" : "decide.comment"}. */
    private static final Pattern NAME = Pattern.compile("\"([a-z]+\\.)([A-Za-z][\\w -]*)\"");

    /** A name that a script puts together, as in <code>say(`choice.${choice.path}`)</code>. */
    private static final Pattern PUT_TOGETHER = Pattern.compile("`([a-z]+\\.)\\$\\{[^`}]+}`");

    private static final String QUOTED = "\"([\\w-]+)\"";

    /**
     * Where scripts list what they put behind the beginning of a name.
     *
     * @param list finds the lists
     * @param entry finds the entries of a list
     */
    private record Listed(String beginning, String list, String entry) {

        List<String> names(String scripts) {
            return Pattern.compile(list)
                    .matcher(scripts)
                    .results()
                    .flatMap(found ->
                            Pattern.compile(entry).matcher(found.group()).results())
                    .map(found -> beginning + found.group(1))
                    .toList();
        }
    }

    private static final List<Listed> LISTED = List.of(
            new Listed("choice.", "\\bpath: \"[^\"]+\"", QUOTED),
            new Listed("decide.", "\\bpath: \"[^\"]+\"", QUOTED),
            new Listed("notice.", "\\bpath: \"[^\"]+\"", QUOTED),
            new Listed("none.", "new Section\\(\"\\w+\"", QUOTED),
            new Listed("column.", "\\[\"state\", \"build\", [^\\]]+]", QUOTED),
            new Listed("filter.", "\\bselect\\(\"\\w+\"\\)", QUOTED),
            new Listed("attempt.", "\\[[^\\]]+](?=\\.map\\(\\(name\\) => say)", QUOTED),
            new Listed("step.", "const STYLES = \\{\\s+toCome[^}]+}", "(\\w+): "),
            new Listed("plan.", "PARTS = \\[[^\\]]+]", QUOTED),
            new Listed("unit.", "\\[\"\\w+\", \\d+]", QUOTED));

    /** The states of pending approvals and the outcomes of decided ones. */
    private static final List<String> STATES = Stream.concat(
                    Stream.of(Approval.State.values())
                            .filter(state -> state != Approval.State.DECIDED)
                            .map(Enum::name),
                    Stream.of(Decision.Outcome.values()).map(Enum::name))
            .toList();

    @Test
    void everyStateHasAWordOfItsOwn() throws Exception {
        JsonNode words = new ObjectMapper().readTree(PageWords.json());

        assertThat(words.fieldNames())
                .toIterable()
                .filteredOn(name -> name.startsWith("state."))
                .containsExactlyElementsOf(STATES.stream().map("state."::concat).toList());
        assertThat(STATES)
                .extracting(state -> words.get("state." + state).asText())
                .doesNotHaveDuplicates()
                .doesNotContainAnyElementsOf(STATES);
    }

    @Test
    void everyStateOfAnEnvironmentHasAWordOfItsOwn() throws Exception {
        JsonNode words = new ObjectMapper().readTree(PageWords.json());

        assertThat(Environment.State.values())
                .extracting(state -> words.get("environment." + state).asText())
                .doesNotHaveDuplicates()
                .doesNotContainAnyElementsOf(
                        Stream.of(Environment.State.values()).map(Enum::name).toList());
    }

    private static String scripts() throws Exception {
        Path scripts = Stream.of("src/main/webapp", "../../src/main/webapp")
                .map(Path::of)
                .filter(Files::isDirectory)
                .findFirst()
                .orElseThrow();
        StringBuilder all = new StringBuilder();
        try (Stream<Path> files = Files.list(scripts)) {
            for (Path file :
                    files.filter(each -> each.toString().endsWith(".js")).toList()) {
                all.append(Files.readString(file));
            }
        }
        return all.toString();
    }

    private static Set<String> beginnings(JsonNode words) {
        Set<String> beginnings = new TreeSet<>();
        words.fieldNames().forEachRemaining(name -> beginnings.add(name.substring(0, name.indexOf('.') + 1)));
        return beginnings;
    }

    /** For a missing text, the page would show its name. */
    @Test
    void scriptsSayNothingThatHasNoWords() throws Exception {
        JsonNode words = new ObjectMapper().readTree(PageWords.json());
        String scripts = scripts();
        Set<String> beginnings = beginnings(words);
        Set<String> said = new TreeSet<>();
        SAY.matcher(scripts).results().forEach(found -> said.add(found.group(1)));
        NAME.matcher(scripts)
                .results()
                .filter(found -> beginnings.contains(found.group(1)))
                .forEach(found -> said.add(found.group(1) + found.group(2)));

        assertThat(said).hasSizeGreaterThan(60).allMatch(words::has);
    }

    /** The states have tests of their own. */
    @Test
    void scriptsPutNoNameTogetherThatHasNoWords() throws Exception {
        JsonNode words = new ObjectMapper().readTree(PageWords.json());
        String scripts = scripts();
        Set<String> listed = new TreeSet<>(Set.of("state.", "environment."));
        for (Listed each : LISTED) {
            listed.add(each.beginning());
            assertThat(each.names(scripts)).as(each.beginning()).isNotEmpty().allMatch(words::has);
        }

        assertThat(PUT_TOGETHER.matcher(scripts).results().map(found -> found.group(1)))
                .isNotEmpty()
                .allMatch(listed::contains);
    }
}
