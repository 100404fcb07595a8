package io.jenkins.plugins.armory.deploymentfile;

import io.jenkins.plugins.armory.bounds.Bound;
import io.jenkins.plugins.armory.webhook.Webhook;
import io.jenkins.plugins.armory.webhook.WebhookRules;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Consumer;

/** Reads the values of {@code {{context.*}}}. */
final class ContextReader {

    private ContextReader() {}

    /** Returns the context in a field. A key that no template can name is a problem. */
    static Map<String, String> read(Section section, String field) {
        Map<String, String> context = section.texts(field);
        checkEntries(context, problem -> section.problem(field, problem));
        return context;
    }

    /** @param problems takes a problem for each key that no template can name, and for each value that is too long */
    static void checkEntries(Map<String, String> context, Consumer<String> problems) {
        context.forEach((key, value) -> {
            String problem = WebhookRules.problemOfContext(key, value);
            if (problem != null) {
                problems.accept(problem);
            }
        });
    }

    /**
     * Returns the context of one call: a more general one, and the one in a field, which takes precedence. It is in
     * every step of the plan, so its size is limited.
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
        for (String problem :
                Arrays.asList(Bound.LIST.problemOf(context.size()), Bound.TEXT.problemOf(Webhook.lengthOf(context)))) {
            if (problem != null) {
                section.problem(field, "with the context of the whole deployment, " + problem);
                return Map.of();
            }
        }
        return context;
    }
}
