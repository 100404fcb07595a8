package io.jenkins.plugins.armory.web;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import java.io.IOException;
import org.junit.jupiter.api.Test;

class JsonWriterTest {

    private static JsonNode read(JsonWriter.Answer answer) throws IOException {
        return new ObjectMapper().readTree(JsonWriter.first(answer));
    }

    @Test
    void hasTheBodyWithTheTagOfTheResponse() throws IOException {
        PageTag tag = new PageTag();
        String message = "</script><!-- \"quoted\" & 'quoted' \u2028 \u0000 \n";

        JsonNode first = read(() ->
                tag.answer(null, () -> JsonNodeFactory.instance.objectNode().put("message", message)));

        assertThat(first.get("status").asInt()).isEqualTo(200);
        assertThat(tag.isIn(first.get("tag").asText())).isTrue();
        assertThat(first.at("/body/message").asText()).isEqualTo(message);
    }

    @Test
    void isAnErrorIfThereIsNoAnswer() throws IOException {
        JsonNode first = read(() -> {
            throw new IOException("disk full");
        });

        assertThat(first.get("status").asInt()).isEqualTo(503);
        assertThat(first.get("tag").isNull()).isTrue();
        assertThat(first.at("/body/message").asText()).contains("cannot open").doesNotContain("disk full");
    }
}
