package io.jenkins.embedded;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.cfg.CoercionAction;
import com.fasterxml.jackson.databind.cfg.CoercionInputShape;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.type.LogicalType;
import hudson.model.Describable;
import hudson.util.Secret;
import java.beans.Introspector;
import java.lang.reflect.AnnotatedElement;
import java.lang.reflect.Constructor;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.Type;
import java.lang.reflect.WildcardType;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Predicate;
import org.kohsuke.stapler.ClassDescriptor;
import org.kohsuke.stapler.DataBoundConstructor;
import org.kohsuke.stapler.DataBoundSetter;

/**
 * Creates describable objects from named arguments, of a Pipeline or of {@code casc.yaml}: those that the {@link
 * DataBoundConstructor} takes, then those that have a {@link DataBoundSetter}. Every error names the place by its path,
 * such as {@code step.headers[0].key}.
 */
final class Binder {
    /** Converts texts to numbers, truth values and constants, but nothing to texts. */
    private static final ObjectMapper SCALARS = JsonMapper.builder()
            .withCoercionConfig(
                    LogicalType.Textual,
                    config -> config.setCoercion(CoercionInputShape.Integer, CoercionAction.Fail)
                            .setCoercion(CoercionInputShape.Boolean, CoercionAction.Fail))
            .build();

    private Binder() {}

    static <T> T instantiate(Class<T> type, Map<String, ?> arguments, String path) {
        var constructor = constructor(type, path);
        var names = parameterNames(constructor);
        var setters = setters(type, setter -> setter.isAnnotationPresent(DataBoundSetter.class));
        var known = new LinkedHashSet<>(names);
        known.addAll(setters.keySet());
        rejectUnknown(arguments.keySet(), known, path);

        var values = new Object[names.size()];
        for (var i = 0; i < values.length; i++) {
            var name = names.get(i);
            var parameterType = constructor.getGenericParameterTypes()[i];
            values[i] = convert(parameterType, arguments.get(name), path + '.' + name);
        }
        try {
            T object = type.cast(constructor.newInstance(values));
            var rest = new LinkedHashMap<>(arguments);
            rest.keySet().removeAll(names);
            set(object, setters, rest, path);
            return object;
        } catch (InvocationTargetException e) {
            throw failed(path, e.getCause());
        } catch (ReflectiveOperationException e) {
            throw failed(path, e);
        }
    }

    /** Sets properties of an object that is there already, through whatever public setters it has. */
    static void configure(Object target, Map<String, ?> values, String path) {
        var setters = setters(target.getClass(), setter -> true);
        rejectUnknown(values.keySet(), setters.keySet(), path);
        set(target, setters, values, path);
    }

    static void rejectUnknown(Set<String> given, Collection<String> known, String path) {
        var unknown = new LinkedHashSet<>(given);
        unknown.removeAll(known);
        if (!unknown.isEmpty()) {
            throw new IllegalArgumentException(path + ": unknown parameter(s) " + String.join(", ", unknown)
                    + "; known are " + String.join(", ", known));
        }
    }

    /** The parameter that a value without a name is for. */
    static String soleRequiredParameter(Class<?> type, String path) {
        var names = parameterNames(constructor(type, path));
        if (names.size() != 1) {
            throw new IllegalArgumentException(path + ": expected named arguments");
        }
        return names.get(0);
    }

    private static Constructor<?> constructor(Class<?> type, String path) {
        return Arrays.stream(type.getConstructors())
                .filter(candidate -> candidate.isAnnotationPresent(DataBoundConstructor.class))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException(
                        path + ": " + type.getName() + " has no public @DataBoundConstructor"));
    }

    private static List<String> parameterNames(Constructor<?> constructor) {
        return List.of(ClassDescriptor.loadParameterNames(constructor));
    }

    private static Map<String, Method> setters(Class<?> type, Predicate<AnnotatedElement> wanted) {
        var setters = new TreeMap<String, Method>();
        for (var method : type.getMethods()) {
            if (method.getName().startsWith("set")
                    && method.getParameterCount() == 1
                    && !method.isBridge()
                    && wanted.test(method)) {
                setters.put(Introspector.decapitalize(method.getName().substring("set".length())), method);
            }
        }
        return setters;
    }

    private static void set(Object target, Map<String, Method> setters, Map<String, ?> values, String path) {
        values.forEach((name, value) -> {
            var setter = setters.get(name);
            var at = path + '.' + name;
            try {
                setter.invoke(target, convert(setter.getGenericParameterTypes()[0], value, at));
            } catch (InvocationTargetException e) {
                throw failed(at, e.getCause());
            } catch (IllegalAccessException e) {
                throw failed(at, e);
            }
        });
    }

    private static IllegalArgumentException failed(String path, Throwable cause) {
        return new IllegalArgumentException(path + ": " + cause.getMessage(), cause);
    }

    private static Object convert(Type type, Object value, String path) {
        if (type instanceof WildcardType wildcard) {
            return convert(wildcard.getUpperBounds()[0], value, path);
        }
        if (type instanceof ParameterizedType generic) {
            var raw = (Class<?>) generic.getRawType();
            return Collection.class.isAssignableFrom(raw) && value instanceof Collection<?> elements
                    ? convertAll(generic.getActualTypeArguments()[0], elements, path)
                    : convert(raw, value, path);
        }
        var expected = type instanceof Class<?> raw ? raw : Object.class;
        if (value == null && !expected.isPrimitive()) {
            return null;
        }
        if (value instanceof Map<?, ?> map && Describable.class.isAssignableFrom(expected)) {
            return convertMap(expected, map, path);
        }
        if (value instanceof CharSequence text && expected == Secret.class) {
            return Secret.fromString(text.toString());
        }
        return expected.isInstance(value) ? value : convertScalar(expected, value, path);
    }

    private static Object convertScalar(Class<?> expected, Object value, String path) {
        try {
            return SCALARS.convertValue(value, expected);
        } catch (IllegalArgumentException e) {
            throw failed(path, e);
        }
    }

    private static List<Object> convertAll(Type type, Collection<?> elements, String path) {
        var converted = new ArrayList<>();
        for (var element : elements) {
            converted.add(convert(type, element, path + '[' + converted.size() + ']'));
        }
        return converted;
    }

    private static Object convertMap(Class<?> expected, Map<?, ?> map, String path) {
        var arguments = new LinkedHashMap<String, Object>();
        map.forEach((name, value) -> arguments.put(String.valueOf(name), value));
        return instantiate(expected, arguments, path);
    }
}
