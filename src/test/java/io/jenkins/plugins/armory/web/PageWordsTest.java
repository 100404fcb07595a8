package io.jenkins.plugins.armory.web;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.jenkins.plugins.armory.approval.Approval;
import io.jenkins.plugins.armory.approval.Decision;
import io.jenkins.plugins.armory.deployment.Environment;
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

    /** The states of pending approvals and the outcomes of decided ones. */
    private static final List<String> STATES = Stream.concat(
                    Stream.of(Approval.State.values())
                            .filter(state -> state != Approval.State.DECIDED)
                            .map(Enum::name),
                    Stream.of(Decision.Outcome.values()).map(Enum::name))
            .toList();

    @Test
    void everyStateHasAWordOfItsOwn() {
        assertThat(STATES).extracting(PageWords::state).doesNotHaveDuplicates().doesNotContainAnyElementsOf(STATES);
    }

    @Test
    void theScriptOfThePageKnowsEveryState() throws Exception {
        JsonNode words = new ObjectMapper().readTree(PageWords.json());

        assertThat(words.fieldNames())
                .toIterable()
                .filteredOn(name -> name.startsWith("state."))
                .containsExactlyElementsOf(STATES.stream().map("state."::concat).toList());
        assertThat(STATES)
                .allSatisfy(state ->
                        assertThat(words.get("state." + state).asText()).isEqualTo(PageWords.state(state)));
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

    /** For a missing text, the page would show its name. */
    @Test
    void scriptsSayNothingThatHasNoWords() throws Exception {
        JsonNode words = new ObjectMapper().readTree(PageWords.json());
        Path scripts = Stream.of("src/main/webapp", "../../src/main/webapp")
                .map(Path::of)
                .filter(Files::isDirectory)
                .findFirst()
                .orElseThrow();
        Set<String> said = new TreeSet<>();
        try (Stream<Path> files = Files.list(scripts)) {
            for (Path file :
                    files.filter(each -> each.toString().endsWith(".js")).toList()) {
                SAY.matcher(Files.readString(file)).results().forEach(result -> said.add(result.group(1)));
            }
        }

        assertThat(said).hasSizeGreaterThan(30).allMatch(words::has);
    }
}
