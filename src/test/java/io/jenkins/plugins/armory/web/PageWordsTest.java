package io.jenkins.plugins.armory.web;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.jenkins.plugins.armory.approval.Approval;
import io.jenkins.plugins.armory.approval.Decision;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class PageWordsTest {

    /** What an approval can be shown as: its state while it is not decided, and then what it came to. */
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
        assertThat(STATES).allSatisfy(state ->
                assertThat(words.get("state." + state).asText()).isEqualTo(PageWords.state(state)));
    }
}
