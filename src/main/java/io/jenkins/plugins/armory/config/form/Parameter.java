package io.jenkins.plugins.armory.config.form;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import hudson.model.Describable;
import java.beans.IntrospectionException;
import java.beans.Introspector;
import java.lang.reflect.Method;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.Type;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.kohsuke.accmod.Restricted;
import org.kohsuke.accmod.restrictions.NoExternalUse;
import org.kohsuke.stapler.ClassDescriptor;
import org.kohsuke.stapler.DataBoundConstructor;
import org.kohsuke.stapler.DataBoundSetter;

/**
 * A parameter of a step, or of an object in its arguments, as data binding finds it: in the constructor, or by its
 * setter.
 *
 * @param setter {@code null} for a parameter of the constructor alone
 */
@Restricted(NoExternalUse.class)
public record Parameter(Type type, @CheckForNull Method setter) {

    private static final ClassValue<Map<String, Parameter>> KNOWN = new ClassValue<>() {
        @Override
        protected Map<String, Parameter> computeValue(Class<?> type) {
            return find(type);
        }
    };

    /** Returns the parameters of a class by their names. */
    public static Map<String, Parameter> of(Class<?> type) {
        return KNOWN.get(type);
    }

    private static Map<String, Parameter> find(Class<?> type) {
        var parameters = new TreeMap<String, Parameter>();
        Stream.of(type.getConstructors())
                .filter(constructor -> constructor.isAnnotationPresent(DataBoundConstructor.class))
                .forEach(constructor -> {
                    String[] names = ClassDescriptor.loadParameterNames(constructor);
                    for (int i = 0; i < names.length; i++) {
                        parameters.put(names[i], new Parameter(constructor.getGenericParameterTypes()[i], null));
                    }
                });
        Stream.of(type.getMethods())
                .filter(method -> method.isAnnotationPresent(DataBoundSetter.class) && !method.isBridge())
                .forEach(setter -> parameters.put(
                        Introspector.decapitalize(setter.getName().substring("set".length())),
                        new Parameter(setter.getGenericParameterTypes()[0], setter)));
        return parameters;
    }

    /** Returns the names of the parameters without a setter. */
    public static List<String> required(Class<?> type) {
        return of(type).entrySet().stream()
                .filter(parameter -> parameter.getValue().setter() == null)
                .map(Map.Entry::getKey)
                .toList();
    }

    /** Returns the names of the parameters of an object that differ from their defaults. */
    public static List<String> given(Object object) {
        var given = new ArrayList<String>();
        try {
            Object standard = object.getClass().getConstructor().newInstance();
            for (var property : Introspector.getBeanInfo(object.getClass()).getPropertyDescriptors()) {
                Method getter = property.getReadMethod();
                if (of(object.getClass()).containsKey(property.getName())
                        && !Objects.equals(getter.invoke(object), getter.invoke(standard))) {
                    given.add(property.getName());
                }
            }
        } catch (IntrospectionException | ReflectiveOperationException x) {
            throw new IllegalStateException(x); // the parameters of this plugin have getters and defaults
        }
        return given;
    }

    /** Returns whether something holds that {@link Argument} can say. */
    public boolean is(Predicate<Argument> said) {
        return argument().filter(said).isPresent();
    }

    /** Returns the field for which a text stands, see {@link Argument#text}; empty for none. */
    public String text() {
        return argument().map(Argument::text).orElse("");
    }

    private Optional<Argument> argument() {
        return Optional.ofNullable(setter).map(method -> method.getAnnotation(Argument.class));
    }

    /** Returns the type of an element of the list that it takes, {@code null} if it takes none. */
    @CheckForNull
    public Type element() {
        return type instanceof ParameterizedType generic
                        && generic.getRawType() instanceof Class<?> raw
                        && Collection.class.isAssignableFrom(raw)
                ? generic.getActualTypeArguments()[0]
                : null;
    }

    /** Returns the class of an object with parameters of its own, {@code null} for another type. */
    @CheckForNull
    public Class<?> nested() {
        return describable(type);
    }

    /** Returns the class of such objects in the list that it takes, {@code null} for another type. */
    @CheckForNull
    public Class<?> elementClass() {
        return describable(element());
    }

    @CheckForNull
    private static Class<?> describable(@CheckForNull Type type) {
        return type instanceof Class<?> nested && Describable.class.isAssignableFrom(nested) ? nested : null;
    }
}
