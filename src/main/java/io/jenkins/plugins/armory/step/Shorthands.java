package io.jenkins.plugins.armory.step;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import io.jenkins.plugins.armory.config.form.Argument;
import io.jenkins.plugins.armory.config.form.Parameter;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.jenkinsci.plugins.structs.describable.UninstantiatedDescribable;
import org.kohsuke.accmod.Restricted;
import org.kohsuke.accmod.restrictions.NoExternalUse;

/**
 * Shorter ways to write arguments in a Pipeline, and their long forms, which data binding needs. {@link Argument} says
 * which there are. An argument in another form stays as it is: {@link StepArguments} says what is wrong with it.
 */
@Restricted(NoExternalUse.class)
public final class Shorthands {

    private static final String KEY = "key";
    private static final String VALUE = "value";

    private Shorthands() {}

    /**
     * Replaces arguments by their long forms: {@code [a: 'b']} by {@code [[key: 'a', value: 'b']]}, {@code 'a'} by
     * {@code [field: 'a']}, {@code 200} by {@code '200'}, and a single value by a list of it.
     */
    static Map<String, Object> inFull(Class<?> type, Map<?, ?> arguments) {
        Map<String, Parameter> parameters = Parameter.of(type);
        Map<String, Object> result = new LinkedHashMap<>();
        arguments.forEach((key, value) -> {
            String name = String.valueOf(key);
            Parameter parameter = parameters.get(name);
            result.put(name, parameter == null || value == null ? value : inFull(parameter, name, value));
        });
        return result;
    }

    private static Object inFull(Parameter parameter, String name, Object value) {
        boolean isList = parameter.element() != null;
        Class<?> nested = parameter.nested();
        if (value instanceof Map<?, ?> map && parameter.is(Argument::map)) {
            List<Object> entries = new ArrayList<>();
            map.forEach((key, each) -> entries.add(entry(name, String.valueOf(key), each)));
            return entries;
        } else if (value instanceof Map<?, ?> fields && nested != null) {
            return inFull(nested, fields);
        } else if (isList && value instanceof List<?> list) {
            return list.stream()
                    .map(each -> elementInFull(parameter, element(parameter, each)))
                    .collect(Collectors.toList());
        }
        Object element = element(parameter, value);
        boolean isMeant = parameter.is(Argument::scalar) ? element instanceof String : element != value;
        return isList && isMeant ? List.of(elementInFull(parameter, element)) : element;
    }

    @CheckForNull
    private static Object elementInFull(Parameter parameter, @CheckForNull Object element) {
        Class<?> type = parameter.elementClass();
        return element instanceof Map<?, ?> fields && type != null ? inFull(type, fields) : element;
    }

    /** @throws IllegalArgumentException if there is no value: a variable that is not set is not an empty text */
    private static Map<String, Object> entry(String parameter, String key, @CheckForNull Object value) {
        if (value == null) {
            throw new IllegalArgumentException(parameter + '.' + key + StepArguments.NULL);
        }
        return Map.of(KEY, key, VALUE, value.toString());
    }

    @CheckForNull
    private static Object element(Parameter parameter, @CheckForNull Object value) {
        if (value instanceof CharSequence text && !parameter.text().isEmpty()) {
            return Map.of(parameter.text(), text.toString());
        }
        boolean isScalar = value instanceof Number || value instanceof Boolean || value instanceof CharSequence;
        return isScalar && parameter.is(Argument::scalar) ? value.toString() : value;
    }

    /** Replaces lists of entries by maps, and lists of objects by lists of texts. */
    static UninstantiatedDescribable shortened(Class<?> type, UninstantiatedDescribable step) {
        Map<String, Object> result = new LinkedHashMap<>(step.getArguments());
        Parameter.of(type).forEach((name, parameter) -> {
            if (result.get(name) instanceof List<?> list) {
                if (parameter.is(Argument::map)) {
                    Map<String, Object> map = new LinkedHashMap<>();
                    list.forEach(entry -> map.put(String.valueOf(field(entry, KEY)), field(entry, VALUE)));
                    result.put(name, map);
                } else if (!parameter.text().isEmpty()) {
                    result.put(
                            name,
                            list.stream()
                                    .map(each -> field(each, parameter.text()))
                                    .collect(Collectors.toList()));
                }
            }
        });
        return step.withArguments(result);
    }

    private static Object field(Object object, String name) {
        return object instanceof UninstantiatedDescribable describable
                ? describable.getArguments().get(name)
                : object;
    }
}
