package org.kohsuke.stapler;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.reflect.Constructor;
import java.lang.reflect.Parameter;
import java.util.Arrays;
import java.util.Properties;

/** What Stapler knows of a class. */
public final class ClassDescriptor {

    private ClassDescriptor() {}

    /**
     * The names that Stapler's annotation processor wrote beside the class, or those that the class file itself has.
     */
    public static String[] loadParameterNames(Constructor<?> m) {
        var type = m.getDeclaringClass();
        if (m.getParameterCount() == 0) {
            return new String[0];
        }
        var stapler = '/' + type.getName().replace('.', '/').replace('$', '/') + ".stapler";
        try (var resource = type.getResourceAsStream(stapler)) {
            if (resource != null) {
                var properties = new Properties();
                properties.load(resource);
                return properties.getProperty("constructor").split(",");
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        if (!Arrays.stream(m.getParameters()).allMatch(Parameter::isNamePresent)) {
            throw new IllegalStateException(type.getName() + " is compiled without its parameters' names");
        }
        return Arrays.stream(m.getParameters()).map(Parameter::getName).toArray(String[]::new);
    }
}
