package io.jenkins.plugins.armory.file;

import io.jenkins.plugins.armory.webhook.Webhook;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import org.yaml.snakeyaml.nodes.Node;

/** Reads the values of {@code {{context.*}}}. */
final class ContextReader {

    private static final int MAX_KEYS = 100;
    private static final int MAX_LENGTH = 10_000;

    private ContextReader() {}

    /** Returns the context in a field. A key that no template can name is a problem. */
    static Map<String, String> read(Section section, String field) {
        Map<String, String> context = section.texts(field);
        checkKeys(context.keySet(), problem -> section.problem(field, problem));
        return context;
    }

    /** @param problems takes a problem for each key that no template can name */
    static void checkKeys(Set<String> keys, Consumer<String> problems) {
        for (String key : keys) {
            if (!Webhook.isContextKey(key)) {
                problems.accept(
                        "\"" + key + "\" cannot be named in a template; use letters, digits, '.', '-' and '_' in keys");
            }
        }
    }

    /**
     * Returns the context of one call: a more general one, and above it the one in a field. It is in every step of the plan, so its size
     * is limited.
     */
    static Map<String, String> read(Section section, String field, Map<String, String> general) {
        Map<String, String> context = new LinkedHashMap<>(general);
        context.putAll(read(section, field));
        context.forEach((key, value) -> {
            if (value.equals(Section.NO_VALUE)) {
                section.problem(
                        field, "\"" + key + "\" is the text \"null\", which stands for no value; give it another one");
            }
        });
        if (context.size() > MAX_KEYS || Webhook.lengthOf(context) > MAX_LENGTH) {
            section.problem(
                    field,
                    "has, with the context of the whole deployment, more than " + MAX_KEYS + " keys or " + MAX_LENGTH
                            + " characters");
            return Map.of();
        }
        return context;
    }

    /** Returns the context of a whole deployment: {@code context}, and above it {@code contextOverrides}. */
    static Map<String, String> ofFile(YamlReader yaml, Map<String, Node> sections) {
        Map<String, String> context = new LinkedHashMap<>(yaml.texts(sections.get("context"), "context"));
        context.putAll(yaml.texts(sections.get("contextOverrides"), "contextOverrides"));
        return context;
    }
}
