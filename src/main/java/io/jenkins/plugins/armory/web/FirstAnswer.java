package io.jenkins.plugins.armory.web;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.jenkins.plugins.armory.callback.JsonResponse;

/**
 * The answer of {@code api/json} that comes with a page, so that the page has something to show before its script has sent a request.
 * It is the text of an attribute, so the page's template escapes it.
 */
final class FirstAnswer {

    private FirstAnswer() {}

    /**
     * Returns an answer as a JSON object: {@code status}, {@code tag} (the entity tag, for the script's first request) and
     * {@code body}. An answer that cannot be made is the same error as in a response.
     */
    static String json(JsonWriter.Answer answer) {
        JsonResponse made = JsonWriter.responseOf(answer);
        ObjectNode json = JsonNodeFactory.instance
                .objectNode()
                .put("status", made.status())
                .put("tag", made.headers().get("ETag"));
        json.set("body", made.body());
        return json.toString();
    }
}
