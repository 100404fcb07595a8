package io.jenkins.plugins.armory.step;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import hudson.model.Describable;
import hudson.model.Descriptor;
import hudson.util.EditDistance;
import io.jenkins.plugins.armory.config.WebhookDefinition;
import java.beans.Introspector;
import java.lang.reflect.Constructor;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.Type;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jenkinsci.plugins.structs.SymbolLookup;
import org.jenkinsci.plugins.structs.describable.CustomDescribableModel;
import org.jenkinsci.plugins.structs.describable.UninstantiatedDescribable;
import org.jenkinsci.plugins.workflow.steps.Step;
import org.kohsuke.stapler.ClassDescriptor;
import org.kohsuke.stapler.DataBoundConstructor;
import org.kohsuke.stapler.DataBoundSetter;

/**
 * The check of a step's arguments against its parameters. Jenkins only prints a warning for an unknown parameter
 * ({@code DescribableModel.instantiate} in the plugin structs), so a misspelt {@code manualApproval} would silently give a step
 * without one.
 */
final class StepArguments {

    /** An optional key of nested objects that names their class. */
    private static final String CLASS = "$class";

    private static final String NULL = "is null; give it a value, or leave it out";
    static final String UNSET =
            ": is the text \"null\", as Groovy writes a variable that is not set; give it another value";
    private static final String EMPTY = ": is empty; give it a value, or leave it out";

    private StepArguments() {}

    /**
     * Returns the step that arguments ask for; if that cannot be, one that fails and says why. An exception would be thrown before there is
     * a step, and the environments would not hear of it: what depends on them would be deployed where the Pipeline catches the error.
     *
     * @param function the name of the step in messages
     * @param mistaken makes a step that fails with a message
     */
    static Step instantiate(String function, Callable<Step> asked, Function<String, Step> mistaken) {
        String start = function + ": ";
        try {
            return asked.call();
        } catch (Exception x) { // also of a toString() of the Pipeline
            String message = String.valueOf(x.getMessage());
            return mistaken.apply(message.startsWith(start) ? message : start + message);
        } catch (Error x) {
            // CpsCallableInvocation, of a toString() that only the engine can call. The engine would call that instead
            // of the step.
            return mistaken.apply(start
                    + "an argument is an object of a class of the Pipeline; give a text, such as the result of its"
                    + " toString()");
        }
    }

    /** Returns a text that is the same for equal arguments, and tells nothing of them. */
    static String keyOf(Map<String, Object> arguments) {
        var text = new StringBuilder();
        append(arguments, text);
        return " " + UUID.nameUUIDFromBytes(text.toString().getBytes(StandardCharsets.UTF_8));
    }

    /** Appends an argument. Each text has its length before it, so that no text looks like a part of a list or a map. */
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
     * Checks the names and types of arguments, also in nested objects, and returns the arguments. None may be null.
     *
     * @param function the name of the step in messages
     * @throws IllegalArgumentException naming the argument and the nearest parameter or the expected type
     */
    static Map<String, Object> checked(String function, Class<?> type, Map<String, Object> arguments) {
        try {
            checkObject(type, named(type, arguments), "");
            return arguments;
        } catch (IllegalArgumentException x) {
            throw mistake(function, x.getMessage());
        }
    }

    /** Returns an exception for the build's log. The engine adds the line of the Pipeline; lines of Jenkins would only hide it. */
    private static IllegalArgumentException mistake(String function, String message) {
        IllegalArgumentException mistake = new IllegalArgumentException(function + ": " + message);
        mistake.setStackTrace(new StackTraceElement[0]);
        return mistake;
    }

    /**
     * Checks arguments that would mean something else without a value, such as a variable that is not set.
     *
     * @param function the name of the step in messages, with the path of a nested object
     * @throws IllegalArgumentException if one of the arguments is given and has no value
     */
    static void checkNotEmpty(String function, Map<?, ?> arguments, String... names) {
        for (String name : names) {
            if (arguments.containsKey(name) && isEmpty(arguments.get(name))) {
                throw mistake(function, name + EMPTY);
            } else if (isNull(arguments.get(name))) {
                throw mistake(function, name + UNSET);
            }
        }
    }

    /**
     * Checks that a step that names a webhook has no parameter of a definition, not even with its default: whoever writes
     * {@code disableCallback: false} waits for a callback, and the webhook of that name may await none.
     *
     * @param function the name of the step in messages
     * @param inBothCases the fields of a definition that a step with a name may have
     * @throws IllegalArgumentException naming the parameters
     */
    static void checkNamed(String function, Map<String, Object> arguments, String name, Set<String> inBothCases) {
        if (!arguments.containsKey(name)) {
            return;
        }
        Set<String> definition = parameters(WebhookDefinition.class).keySet();
        String superfluous = arguments.keySet().stream()
                .filter(each -> definition.contains(each) && !inBothCases.contains(each))
                .collect(Collectors.joining(", "));
        if (!superfluous.isEmpty()) {
            throw mistake(
                    function,
                    name + ": names a definition, so leave out " + superfluous + ", or leave out " + name
                            + " to define one here");
        }
    }

    /**
     * Checks lists whose blank entries would be left out without a word.
     *
     * @param function the name of the step in messages
     * @throws IllegalArgumentException naming the first entry that is blank
     */
    static void checkEntries(String function, Map<?, ?> arguments, String... names) {
        for (String name : names) {
            if (arguments.get(name) instanceof List<?> entries) {
                for (int i = 0; i < entries.size(); i++) {
                    if (entries.get(i) instanceof CharSequence text
                            && text.toString().isBlank()) {
                        throw mistake(function, name + '[' + i + ']' + EMPTY);
                    }
                }
            }
        }
    }

    /**
     * Checks that each value of a map is there: a variable that is not set is not an empty text.
     *
     * @param function the name of the step in messages
     * @throws IllegalArgumentException naming the first that is not
     */
    static void checkValues(String function, Map<?, ?> arguments, String parameter) {
        Object argument = arguments.get(parameter);
        if (argument instanceof Map<?, ?> map) {
            map.forEach((key, value) -> {
                if (value == null) {
                    throw mistake(function, parameter + '.' + key + ": " + NULL);
                }
            });
        } else if (argument != null && !(argument instanceof Collection<?>)) {
            throw mistake(function, parameter + ": must be a map");
        }
    }

    /**
     * Checks that no value, of a map or of a list of entries, is that of a variable that is not set: the external process would be asked
     * about something else.
     *
     * @param function the name of the step in messages
     * @throws IllegalArgumentException naming the first that is
     */
    static void checkSet(String function, Map<?, ?> arguments, String parameter) {
        Object argument = arguments.get(parameter);
        if (argument instanceof Map<?, ?> map) {
            map.forEach((key, value) -> checkValueSet(function, value, parameter + '.' + key));
        } else if (argument instanceof Collection<?> entries) {
            entries.stream()
                    .filter(Map.class::isInstance)
                    .map(Map.class::cast)
                    .forEach(entry -> checkValueSet(function, entry.get("value"), parameter + '.' + entry.get("key")));
        } else {
            checkValueSet(function, argument, parameter);
        }
    }

    private static void checkValueSet(String function, @CheckForNull Object value, String path) {
        if (isNull(value)) {
            throw mistake(function, path + UNSET);
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
     * Returns the arguments as written in the Pipeline. For a step with one required parameter, Jenkins takes a map without that
     * parameter's name for the value of the parameter ({@code DSL.singleParam} in workflow-cps).
     */
    private static Map<?, ?> named(Class<?> type, Map<String, Object> arguments) {
        if (arguments.size() == 1) {
            Map.Entry<String, Object> only = arguments.entrySet().iterator().next();
            if (required(type).equals(List.of(only.getKey())) && only.getValue() instanceof Map<?, ?> written) {
                return written;
            }
        }
        return arguments;
    }

    private static void checkObject(Class<?> type, Map<?, ?> arguments, String path) {
        Map<String, Type> parameters = parameters(type);
        arguments.forEach((key, value) -> {
            String name = String.valueOf(key);
            String where = path.isEmpty() ? name : path + '.' + name;
            Type parameter = parameters.get(name);
            if (parameter != null) {
                check(parameter, value, where);
            } else if (path.isEmpty() || !name.equals(CLASS)) {
                throw new IllegalArgumentException(
                        where + ": there is no such parameter; did you mean " + nearest(name, parameters) + "?");
            }
        });
    }

    /** Returns the parameter that was meant: the one of that name in a nested object, else the one with the most similar name. */
    private static String nearest(String name, Map<String, Type> parameters) {
        return parameters.entrySet().stream()
                .filter(parameter -> parameter.getValue() instanceof Class<?> nested
                        && Describable.class.isAssignableFrom(nested)
                        && parameters(nested).containsKey(name))
                .map(parameter -> parameter.getKey() + '.' + name)
                .findFirst()
                .orElseGet(() -> EditDistance.findNearest(name, parameters.keySet()));
    }

    private static void check(Type type, @CheckForNull Object value, String path) {
        if (value == null) {
            // A variable that is not set must not stand for the default, which may let more through.
            throw new IllegalArgumentException(path + ": " + NULL);
        } else if (type instanceof ParameterizedType generic && isCollection(generic.getRawType())) {
            if (!(value instanceof Collection<?> elements)) {
                throw new IllegalArgumentException(path + ": must be a list");
            }
            int index = 0;
            for (Object element : elements) {
                check(generic.getActualTypeArguments()[0], element, path + '[' + index++ + ']');
            }
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
                Map<String, Type> fields = parameters(nested);
                if (fields.size() == 1) { // may be written as its only field, see Shorthands
                    check(fields.values().iterator().next(), value, path);
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

    private static boolean isCollection(Type type) {
        return type instanceof Class<?> raw && Collection.class.isAssignableFrom(raw);
    }

    /** Returns the names of the parameters of the constructor. */
    private static List<String> required(Class<?> type) {
        return constructors(type).stream()
                .flatMap(constructor -> Stream.of(ClassDescriptor.loadParameterNames(constructor)))
                .toList();
    }

    private static List<Constructor<?>> constructors(Class<?> type) {
        return Stream.of(type.getConstructors())
                .filter(constructor -> constructor.isAnnotationPresent(DataBoundConstructor.class))
                .toList();
    }

    /** Returns the types of the parameters of the constructor and of the setters, by name. */
    static Map<String, Type> parameters(Class<?> type) {
        Map<String, Type> parameters = new TreeMap<>();
        for (Constructor<?> constructor : constructors(type)) {
            String[] names = ClassDescriptor.loadParameterNames(constructor);
            for (int i = 0; i < names.length; i++) {
                parameters.put(names[i], constructor.getGenericParameterTypes()[i]);
            }
        }
        Arrays.stream(type.getMethods())
                .filter(method -> method.isAnnotationPresent(DataBoundSetter.class) && !method.isBridge())
                .forEach(setter -> parameters.put(nameOf(setter), setter.getGenericParameterTypes()[0]));
        return parameters;
    }

    private static String nameOf(Method setter) {
        return Introspector.decapitalize(setter.getName().substring("set".length()));
    }
}
