package io.jenkins.plugins.armory.web;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.jenkins.plugins.armory.callback.JsonResponse;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class JsonWriterTest {

    @ParameterizedTest
    @ValueSource(strings = {"\u001b[2J", "\u009b2J", "\u0085", "\u2028", "\u061c", "\u202e", "\u2066", "\ud83d\ude80"})
    void whatCommandsPrintSteersNoTerminal(String text) throws Exception {
        ObjectNode body = JsonResponse.JSON.createObjectNode().put("mdMessage", text);

        String printed = JsonWriter.inAscii(JsonResponse.ok(body));

        assertThat(printed).matches("[ -~]*");
        JsonNode read = new ObjectMapper().readTree(printed);
        assertThat(read).isEqualTo(body);
    }
}
