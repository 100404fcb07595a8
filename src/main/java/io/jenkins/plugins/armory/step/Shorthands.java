package io.jenkins.plugins.armory.step;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
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
     * @throws IllegalArgumentException as {@link StepArguments#checkValues} does
     */
    static Map<String, Object> mapToEntries(String function, Map<String, Object> arguments, String parameter) {
        StepArguments.checkValues(function, arguments, parameter);
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

    /** Replaces a text by a list with that text: {@code 'a'} by {@code ['a']}. */
    static Map<String, Object> textToList(Map<String, Object> arguments, String parameter) {
        return arguments.get(parameter) instanceof CharSequence text
                ? with(arguments, parameter, List.of(text.toString()))
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

    /** Replaces numbers by texts in a list of a nested object: {@code [on: [429, '5xx']]} by {@code [on: ['429', '5xx']]}. */
    static Map<String, Object> numbersToTexts(Map<String, Object> arguments, String parameter, String field) {
        if (!(arguments.get(parameter) instanceof Map<?, ?> object) || !(object.get(field) instanceof List<?> list)) {
            return arguments;
        }
        List<Object> texts = new ArrayList<>();
        list.forEach(each -> texts.add(each instanceof Integer ? each.toString() : each));
        Map<String, Object> changed = new LinkedHashMap<>();
        object.forEach((key, value) -> changed.put(String.valueOf(key), key.equals(field) ? texts : value));
        return with(arguments, parameter, changed);
    }

    /**
     * Replaces values of an object that are for texts and are written as something else: {@code 200} by {@code '200'}, and in
     * lists of texts {@code true} by {@code ['true']}.
     *
     * @param texts the fields with a text
     * @param lists the fields with a list of texts
     */
    static Map<String, Object> scalarsToTexts(
            Map<String, Object> arguments, String parameter, Set<String> texts, Set<String> lists) {
        if (!(arguments.get(parameter) instanceof Map<?, ?> object)) {
            return arguments;
        }
        Map<String, Object> result = new LinkedHashMap<>();
        object.forEach((key, value) -> {
            String name = String.valueOf(key);
            if (texts.contains(name)) {
                result.put(name, text(value));
            } else if (lists.contains(name) && value != null) {
                List<?> values = value instanceof List<?> list ? list : List.of(value);
                result.put(name, values.stream().map(Shorthands::text).collect(Collectors.toList()));
            } else {
                result.put(name, value);
            }
        });
        return with(arguments, parameter, result);
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
