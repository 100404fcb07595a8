package io.jenkins.plugins.armory.step;

import com.google.common.hash.Hashing;
import edu.umd.cs.findbugs.annotations.CheckForNull;
import hudson.model.Describable;
import hudson.model.Descriptor;
import hudson.util.EditDistance;
import io.jenkins.plugins.armory.config.form.Argument;
import io.jenkins.plugins.armory.config.form.Parameter;
import java.lang.reflect.Modifier;
import java.lang.reflect.Type;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import net.sf.json.JSONObject;
import org.jenkinsci.plugins.structs.SymbolLookup;
import org.jenkinsci.plugins.structs.describable.CustomDescribableModel;
import org.jenkinsci.plugins.structs.describable.UninstantiatedDescribable;
import org.kohsuke.accmod.Restricted;
import org.kohsuke.accmod.restrictions.NoExternalUse;

/**
 * The check of a step's arguments against its parameters. Jenkins only prints a warning for an unknown parameter
 * ({@code DescribableModel.instantiate} in the plugin structs), so a misspelt {@code manualApproval} would silently
 * give a step without one.
 */
@Restricted(NoExternalUse.class)
public final class StepArguments {

    static final String NULL = ": is null; give it a value, or leave it out";
    public static final String UNSET =
            ": is the text \"null\", as Groovy writes a variable that is not set; give it another value";
    private static final String EMPTY = ": is empty; give it a value, or leave it out";

    /** Parameters by the names that people expect for them, from {@code httpRequest}, {@code input} and others. */
    private static final Map<String, String> EXPECTED = Map.of(
            "url", "uriTemplate",
            "uri", "uriTemplate",
            "body", "bodyTemplate",
            "callback", "disableCallback",
            "approvers", "submitters",
            "retries", "retryCount",
            "token", "callbackCredentialsId");

    private StepArguments() {}

    /** Returns a hash of the arguments, the same for equal ones. */
    public static String keyOf(Map<String, Object> arguments) {
        var text = new StringBuilder();
        append(arguments, text);
        return " " + Hashing.sha256().hashString(text, StandardCharsets.UTF_8);
    }

    /**
     * Appends an argument. Each text has its length before it, so that no text looks like a part of a list or a map.
     */
    private static void append(@CheckForNull Object argument, StringBuilder text) {
        if (argument instanceof Map<?, ?> map) {
            var sorted = new TreeMap<String, Object>();
            map.forEach((key, value) -> sorted.put(String.valueOf(key), value));
            text.append('{');
            sorted.forEach((key, value) -> {
                append(key, text);
                append(value, text);
            });
            text.append('}');
        } else if (argument instanceof Collection<?> elements) {
            text.append('[');
            elements.forEach(element -> append(element, text));
            text.append(']');
        } else if (argument instanceof UninstantiatedDescribable object) {
            append(object.getSymbol(), text);
            append(object.getArguments(), text);
        } else {
            String plain = String.valueOf(argument);
            text.append(plain.length()).append(':').append(plain);
        }
    }

    /**
     * Checks that arguments have values where they need some, see {@link Argument#filled}, that no text is that of a
     * variable which is not set, and the names and types of all, also in nested objects. None may be null.
     *
     * @throws IllegalArgumentException naming the first argument that is wrong, and the nearest parameter or the
     *     expected type
     */
    static void check(Class<?> type, Map<String, Object> arguments) {
        checkValues("", type, arguments);
        checkObject(type, named(type, arguments), "");
    }

    private static void checkValues(String start, Class<?> type, Map<?, ?> arguments) {
        Parameter.of(type).forEach((name, parameter) -> {
            Object value = arguments.get(name);
            if (parameter.is(Argument::filled) && arguments.containsKey(name) && isEmpty(value)) {
                throw new IllegalArgumentException(start + name + EMPTY);
            } else if (isNull(value)) {
                throw new IllegalArgumentException(start + name + UNSET);
            } else if (value instanceof Map<?, ?> fields && parameter.nested() != null) {
                checkValues(start + name + ": ", parameter.nested(), fields);
            } else if (value instanceof Collection<?> elements) {
                checkElements(start + name, elements, parameter.elementClass());
            }
        });
    }

    /**
     * Checks that no text of a list is blank, since it would be left out without a word, and that no entry has an unset
     * value.
     */
    private static void checkElements(String path, Collection<?> elements, @CheckForNull Class<?> type) {
        int index = 0;
        for (Object element : elements) {
            if (element instanceof CharSequence text && text.toString().isBlank()) {
                throw new IllegalArgumentException(path + '[' + index + ']' + EMPTY);
            } else if (element instanceof Map<?, ?> entry && entry.containsKey("key") && isNull(entry.get("value"))) {
                throw new IllegalArgumentException(path + '.' + entry.get("key") + UNSET);
            } else if (element instanceof Map<?, ?> fields && type != null) {
                checkValues(path + '[' + index + "]: ", type, fields);
            }
            index++;
        }
    }

    /**
     * Checks that a step that names a webhook has no parameter of a definition, not even with its default: whoever
     * writes {@code disableCallback: false} waits for a callback, and the webhook of that name may await none.
     *
     * @param ofDefinition tells the parameters of a definition
     * @throws IllegalArgumentException naming the parameters
     */
    public static void checkNamed(Map<String, Object> arguments, String name, Predicate<String> ofDefinition) {
        String superfluous = arguments.keySet().stream().filter(ofDefinition).collect(Collectors.joining(", "));
        if (arguments.containsKey(name) && !superfluous.isEmpty()) {
            throw new IllegalArgumentException(name + ": names a definition, so leave out " + superfluous
                    + ", or leave out " + name + " to define one here");
        }
    }

    /** Returns whether a value, or one of a list, is {@code "${env.RELEASE}"} of a variable that is not set. */
    private static boolean isNull(@CheckForNull Object value) {
        return value instanceof CharSequence text && text.toString().equals("null")
                || value instanceof Collection<?> elements && elements.stream().anyMatch(StepArguments::isNull);
    }

    private static boolean isEmpty(@CheckForNull Object value) {
        return value == null
                || value instanceof CharSequence text && text.toString().isBlank()
                || value instanceof Collection<?> elements && elements.stream().allMatch(StepArguments::isEmpty)
                || value instanceof Map<?, ?> fields && fields.isEmpty();
    }

    /**
     * Returns the arguments as written in the Pipeline. For a step with one required parameter, Jenkins takes a map
     * without that parameter's name for the value of the parameter ({@code DSL.singleParam} in workflow-cps).
     */
    private static Map<?, ?> named(Class<?> type, Map<String, Object> arguments) {
        if (arguments.size() == 1) {
            Map.Entry<String, Object> only = arguments.entrySet().iterator().next();
            if (Parameter.required(type).equals(List.of(only.getKey()))
                    && only.getValue() instanceof Map<?, ?> written) {
                return written;
            }
        }
        return arguments;
    }

    private static void checkObject(Class<?> type, Map<?, ?> arguments, String path) {
        Map<String, Parameter> parameters = Parameter.of(type);
        arguments.forEach((key, value) -> {
            String name = String.valueOf(key);
            String where = path.isEmpty() ? name : path + '.' + name;
            Parameter parameter = parameters.get(name);
            if (parameter != null) {
                checkParameter(parameter, value, where);
            } else if (path.isEmpty() || !name.equals("$class")) { // which names the class of a nested object
                throw new IllegalArgumentException(
                        where + ": there is no such parameter; did you mean " + nearest(name, parameters) + "?");
            }
        });
    }

    private static void checkParameter(Parameter parameter, @CheckForNull Object value, String path) {
        Type type = parameter.element();
        if (type == null || value == null) {
            check(parameter.type(), value, path);
        } else if (value instanceof Collection<?> elements) {
            int index = 0;
            for (Object element : elements) {
                check(type, element, path + '[' + index++ + ']');
            }
        } else {
            throw new IllegalArgumentException(path + ": must be a "
                    + (parameter.is(Argument::map) ? "map, such as [name: '...']" : "list, such as " + sampleOf(type)));
        }
    }

    /** Returns what a list of a type looks like in a Pipeline. */
    private static String sampleOf(Type element) {
        if (element == String.class) {
            return "['...', '...']";
        }
        return Modifier.isAbstract(((Class<?>) element).getModifiers()) // a parameter of builds
                ? "[string(name: '...')]"
                : Parameter.of((Class<?>) element).keySet().stream()
                        .map(name -> name + ": '...'")
                        .collect(Collectors.joining(", ", "[[", "]]"));
    }

    /**
     * Returns the parameter that was meant: the expected one, also in a nested object, else the one with the most
     * similar name.
     */
    private static String nearest(String name, Map<String, Parameter> parameters) {
        String expected = EXPECTED.getOrDefault(name, name);
        if (parameters.containsKey(expected)) {
            return expected;
        }
        return parameters.entrySet().stream()
                .filter(parameter -> {
                    Class<?> nested = parameter.getValue().nested();
                    return nested != null && Parameter.of(nested).containsKey(expected);
                })
                .map(parameter -> parameter.getKey() + '.' + expected)
                .findFirst()
                .orElseGet(() -> EditDistance.findNearest(name, parameters.keySet()));
    }

    private static void check(Type type, @CheckForNull Object value, String path) {
        if (value == null) {
            // A variable that is not set must not stand for the default, which may let more through.
            throw new IllegalArgumentException(path + NULL);
        } else if (type == String.class && (value instanceof Map<?, ?> || value instanceof Collection<?>)) {
            throw new IllegalArgumentException(path + ": must be a text, not a list or a map");
        } else if (type == String.class && !(value instanceof CharSequence)) {
            throw new IllegalArgumentException(path + ": must be a text"
                    + (value instanceof Number || value instanceof Boolean ? "; put " + value + " into quotes" : ""));
        } else if (type instanceof Class<?> constants && constants.isEnum() && value instanceof CharSequence text) {
            List<String> names = Stream.of(constants.getEnumConstants())
                    .map(constant -> ((Enum<?>) constant).name())
                    .toList();
            if (!names.contains(text.toString())) {
                throw new IllegalArgumentException(
                        path + ": \"" + text + "\" is not one of " + String.join(", ", names));
            }
        } else if (type instanceof Class<?> nested && Describable.class.isAssignableFrom(nested)) {
            if (value instanceof Map<?, ?> arguments) {
                if (!Modifier.isAbstract(
                        nested.getModifiers())) { // else its $class names the class, which Jenkins finds
                    checkObject(nested, arguments, path);
                }
            } else if (value instanceof UninstantiatedDescribable object) {
                checkSymbol(nested, object, path);
            } else if (!nested.isInstance(value)) {
                Map<String, Parameter> fields = Parameter.of(nested);
                if (fields.size() == 1) { // may be written as its only field, see Shorthands
                    checkParameter(fields.values().iterator().next(), value, path);
                }
                throw new IllegalArgumentException(
                        path + ": must be a map with the keys " + String.join(", ", fields.keySet()));
            }
        } else if (type == boolean.class || type == Boolean.class) {
            // Jenkins takes every other text for false.
            if (!value.toString().matches("(?i)true|false")) {
                throw new IllegalArgumentException(path + ": \"" + value + "\" is neither true nor false");
            }
        } else if (type == int.class || type == Integer.class) {
            checkWhole(value, path, BigInteger::intValueExact);
        } else if (type == long.class || type == Long.class) {
            checkWhole(value, path, BigInteger::longValueExact);
        }
    }

    /**
     * Checks the numbers of a form. Stapler takes the default for a text that is none.
     *
     * @param path where the form is in that of the step, empty for the step's own
     * @throws IllegalArgumentException naming the parameter
     */
    static void checkNumbers(Class<?> type, JSONObject form, String path) {
        Parameter.of(type).forEach((name, parameter) -> {
            Object value = form.opt(name);
            if (value instanceof JSONObject nested && parameter.nested() != null) {
                checkNumbers(parameter.nested(), nested, path + name + '.');
            } else if (parameter.type() == int.class || parameter.type() == long.class) {
                String text = value == null ? "" : value.toString().strip();
                if (!text.isEmpty()) {
                    check(parameter.type(), text, path + name);
                }
            }
        });
    }

    /** Groovy would cut 1.9 to 1. */
    private static void checkWhole(Object value, String path, Function<BigInteger, ?> toType) {
        try {
            toType.apply(new BigInteger(value.toString()));
        } catch (NumberFormatException x) {
            throw new IllegalArgumentException(path + ": \"" + value + "\" is not a whole number", x);
        } catch (ArithmeticException x) {
            throw new IllegalArgumentException(path + ": " + value + " is too large", x);
        }
    }

    /** Checks an object that may be written with the symbol of its class, such as {@code choice(...)}. */
    private static void checkSymbol(Class<?> base, UninstantiatedDescribable object, String path) {
        if (!Modifier.isAbstract(base.getModifiers())) {
            checkObject(base, object.getArguments(), path);
        } else if (object.getSymbol() != null) {
            Descriptor<?> found = SymbolLookup.get().findDescriptor(base, object.getSymbol());
            if (found == null) {
                throw new IllegalArgumentException(path + ": there is no " + object.getSymbol() + " that fits here");
            } else if (!(found instanceof CustomDescribableModel)) { // that takes arguments in forms of its own
                checkObject(found.clazz, object.getArguments(), path);
            }
        }
    }
}
