package io.jenkins.plugins.armory.acceptance.campaign;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;

/**
 * Texts as a hostile author, caller or person gives them, in every field of a build that takes one. Nothing may come of
 * them.
 */
final class Hostile {

    static final String TEXT =
            "\"'\\ $x {{secrets.a}} {{armory.callbackToken}} ]]> <b>%s</b> &amp; \u202e\u2028 \ud83d\ude00 é";

    /** The same in a Pipeline, between single quotes. */
    static final String IN_GROOVY = TEXT.replace("\\", "\\\\")
            .replace("'", "\\'")
            .replace("\u202e", "\\u202e")
            .replace("\u2028", "\\u2028")
            .replace("]]>", "]]\\u003e"); // which XML does not have in a text

    /** Nearly as much as the body of a callback may have. */
    private static final int LONG = 40_000;

    private Hostile() {}

    /**
     * Returns the message of a callback.
     *
     * @param start what it is known by
     * @param number of the callback; each third message is long
     */
    static String message(String start, int number) {
        return start + " " + TEXT + (number % 3 == 0 ? "x".repeat(LONG) : "");
    }

    /** Returns the start of a message. The log has the rest without control characters, in several lines. */
    static String inLog(String message) {
        int end = message.indexOf(TEXT);
        return end < 0 ? message : message.substring(0, end);
    }

    static ObjectNode data() {
        ObjectNode data = JsonNodeFactory.instance.objectNode().put("", TEXT).put(TEXT, "\u0000\n");
        data.putObject("__proto__").putArray("$class").add(TEXT).addNull();
        return data;
    }

    /** Returns the body of a callback. */
    static String body(boolean success, String message) {
        return JsonNodeFactory.instance
                .objectNode()
                .put("success", success)
                .put("mdMessage", message)
                .<ObjectNode>set("data", data())
                .toString();
    }
}
