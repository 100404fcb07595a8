package io.jenkins.plugins.armory.step;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import io.jenkins.plugins.armory.config.Argument;
import io.jenkins.plugins.armory.config.Parameter;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.jenkinsci.plugins.structs.describable.UninstantiatedDescribable;

/**
 * Shorter ways to write arguments in a Pipeline, and their long forms, which data binding needs. An argument in another form
 * stays as it is: {@link StepArguments} says what is wrong with it.
 */
final class Shorthands {

    private static final String KEY = "key";
    private static final String VALUE = "value";

    private Shorthands() {}

    /**
     * Replaces a map by the list of its entries: {@code [a: 'b']} by {@code [[key: 'a', value: 'b']]}.
     *
     * @param function the name of the step in messages
     * @throws IllegalArgumentException as {@link StepArguments#checkMap} does
     */
    static Map<String, Object> mapToEntries(String function, Map<String, Object> arguments, String parameter) {
        StepArguments.checkMap(function, arguments, parameter);
        if (!(arguments.get(parameter) instanceof Map<?, ?> map)) {
            return arguments;
        }
        List<Map<String, Object>> entries = new ArrayList<>();
        map.forEach((key, value) -> entries.add(Map.of(KEY, String.valueOf(key), VALUE, String.valueOf(value))));
        return with(arguments, parameter, entries);
    }

    /** Replaces a list of entries by a map. */
    static UninstantiatedDescribable entriesToMap(UninstantiatedDescribable step, String parameter) {
        if (!(step.getArguments().get(parameter) instanceof List<?> entries)) {
            return step;
        }
        Map<String, Object> map = new LinkedHashMap<>();
        for (Object entry : entries) {
            if (entry instanceof UninstantiatedDescribable pair) {
                map.put(
                        String.valueOf(pair.getArguments().get(KEY)),
                        pair.getArguments().get(VALUE));
            }
        }
        return step.withArguments(with(step.getArguments(), parameter, map));
    }

    /** Replaces a text by an object with that text in a field: {@code 'a'} by {@code [field: 'a']}. */
    static Map<String, Object> textToObject(Map<String, Object> arguments, String parameter, String field) {
        return arguments.get(parameter) instanceof CharSequence text
                ? with(arguments, parameter, object(field, text))
                : arguments;
    }

    /** Replaces a list of texts, or one text, by a list of objects: {@code ['a']} and {@code 'a'} by {@code [[field: 'a']]}. */
    static Map<String, Object> textsToObjects(Map<String, Object> arguments, String parameter, String field) {
        Object given = arguments.get(parameter);
        List<?> texts = given instanceof List<?> list ? list : given instanceof CharSequence ? List.of(given) : null;
        if (texts == null) {
            return arguments;
        }
        List<Object> objects = new ArrayList<>();
        texts.forEach(each -> objects.add(each instanceof CharSequence text ? object(field, text) : each));
        return with(arguments, parameter, objects);
    }

    /** Replaces a list of objects by a list of texts. */
    static UninstantiatedDescribable objectsToTexts(UninstantiatedDescribable step, String parameter, String field) {
        if (!(step.getArguments().get(parameter) instanceof List<?> objects)) {
            return step;
        }
        List<Object> texts = new ArrayList<>();
        objects.forEach(each -> texts.add(
                each instanceof UninstantiatedDescribable object
                        ? object.getArguments().get(field)
                        : each));
        return step.withArguments(with(step.getArguments(), parameter, texts));
    }

    /**
     * Replaces values that stand for texts, see {@link Argument#scalar}: {@code 200} by {@code '200'}, and for a list {@code true} by
     * {@code ['true']}.
     */
    static Map<String, Object> scalarsToTexts(Class<?> type, Map<?, ?> arguments) {
        Map<String, Parameter> parameters = Parameter.of(type);
        Map<String, Object> result = new LinkedHashMap<>();
        arguments.forEach((key, value) -> {
            String name = String.valueOf(key);
            Parameter parameter = parameters.get(name);
            result.put(name, parameter == null || value == null ? value : inFull(parameter, value));
        });
        return result;
    }

    private static Object inFull(Parameter parameter, Object value) {
        if (value instanceof Map<?, ?> fields && parameter.nested() != null) {
            return scalarsToTexts(parameter.nested(), fields);
        } else if (!parameter.is(Argument::scalar)) {
            return value;
        } else if (parameter.type() == String.class) {
            return text(value);
        }
        List<?> values = value instanceof List<?> list ? list : List.of(value);
        return values.stream().map(Shorthands::text).collect(Collectors.toList());
    }

    @CheckForNull
    private static Object text(@CheckForNull Object value) {
        return value instanceof Number || value instanceof Boolean || value instanceof CharSequence
                ? value.toString()
                : value;
    }

    private static Map<String, Object> object(String field, CharSequence text) {
        return Map.of(field, text.toString());
    }

    private static Map<String, Object> with(Map<String, ?> arguments, String parameter, Object value) {
        Map<String, Object> result = new LinkedHashMap<>(arguments);
        result.put(parameter, value);
        return result;
    }
}
