package io.jenkins.plugins.armory.store;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import java.lang.reflect.Constructor;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.RecordComponent;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;

/** Puts odd texts into every component of a record, and of the records in it, that takes them. */
final class Scrambled {

    private static final String[] ODD = {
        "",
        " ",
        "\0",
        "\n",
        "\r\n",
        "\t",
        "\"",
        "\\",
        "\u2028",
        "\ud800",
        "\udc00",
        "\ud83d\udc4d",
        "\u202e",
        "é",
        "\uffff",
        "{{",
        "a"
    };

    private final Random random;

    Scrambled(Random random) {
        this.random = random;
    }

    private String text() {
        int parts = random.nextInt(6);
        var text = new StringBuilder();
        for (int i = 0; i < parts; i++) {
            text.append(ODD[random.nextInt(ODD.length)]);
        }
        return random.nextInt(2_000) == 0 ? text.toString() + "x".repeat(60_000) : text.toString();
    }

    /** Returns a record like another one. */
    <T extends Record> T of(T record) {
        RecordComponent[] components = record.getClass().getRecordComponents();
        Object[] values =
                Arrays.stream(components).map(each -> get(each, record)).toArray();
        T result = record;
        for (int i = 0; i < values.length; i++) {
            Object before = values[i];
            values[i] = value(before);
            T changed = tryNew(record, components, values);
            if (changed == null) {
                values[i] = before;
            } else {
                result = changed;
            }
        }
        return result;
    }

    private Object value(@CheckForNull Object value) {
        if (value instanceof String) {
            return text();
        } else if (value instanceof Record record) {
            return of(record);
        } else if (value instanceof List<?> list) {
            return list.stream().map(this::value).toList();
        } else if (value instanceof Map<?, ?> map) {
            var changed = new LinkedHashMap<Object, Object>();
            map.forEach((key, each) -> changed.put(random.nextBoolean() ? value(key) : key, value(each)));
            return changed;
        }
        return value;
    }

    private static Object get(RecordComponent component, Object record) {
        try {
            return component.getAccessor().invoke(record);
        } catch (ReflectiveOperationException x) {
            throw new AssertionError(x);
        }
    }

    @CheckForNull
    @SuppressWarnings("unchecked")
    private static <T> T tryNew(T like, RecordComponent[] components, Object[] values) {
        Class<?>[] types =
                Arrays.stream(components).map(RecordComponent::getType).toArray(Class<?>[]::new);
        try {
            Constructor<?> constructor = like.getClass().getDeclaredConstructor(types);
            constructor.setAccessible(true);
            return (T) constructor.newInstance(values);
        } catch (InvocationTargetException x) {
            return null; // it does not take that
        } catch (ReflectiveOperationException x) {
            throw new AssertionError(x);
        }
    }
}
