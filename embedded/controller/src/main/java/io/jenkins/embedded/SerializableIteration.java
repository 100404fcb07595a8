package io.jenkins.embedded;

import groovy.lang.IntRange;
import java.io.Serializable;
import java.util.AbstractMap;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Groovy category that lets a Pipeline be saved in the middle of a loop: Java's own iterators and views of a map cannot
 * be serialized, so Pipelines get copies that can. Groovy lets a category replace a method only for the very class that
 * declares it, hence one method for each of the usual classes.
 */
public final class SerializableIteration {

    private SerializableIteration() {}

    public static <E> Iterator<E> iterator(ArrayList<E> list) {
        return new CopyIterator<>(list);
    }

    public static Iterator<Integer> iterator(IntRange range) {
        return new CopyIterator<>(range);
    }

    public static <E> Iterator<E> iterator(E[] array) {
        return new CopyIterator<>(Arrays.asList(array));
    }

    public static <E> Iterator<E> iterator(HashSet<E> set) {
        return new CopyIterator<>(set);
    }

    public static <K, V> Iterator<Map.Entry<K, V>> iterator(Map<K, V> map) {
        return new CopyIterator<>(entries(map));
    }

    public static <K, V> Set<Map.Entry<K, V>> entrySet(HashMap<K, V> map) {
        return entries(map);
    }

    public static <K, V> Set<Map.Entry<K, V>> entrySet(LinkedHashMap<K, V> map) {
        return entries(map);
    }

    public static <K> Set<K> keySet(HashMap<K, ?> map) {
        return new LinkedHashSet<>(map.keySet());
    }

    public static <K> Set<K> keySet(LinkedHashMap<K, ?> map) {
        return new LinkedHashSet<>(map.keySet());
    }

    public static <V> Collection<V> values(HashMap<?, V> map) {
        return new ArrayList<>(map.values());
    }

    public static <V> Collection<V> values(LinkedHashMap<?, V> map) {
        return new ArrayList<>(map.values());
    }

    private static <K, V> Set<Map.Entry<K, V>> entries(Map<K, V> map) {
        var entries = new LinkedHashSet<Map.Entry<K, V>>();
        map.forEach((key, value) -> entries.add(new AbstractMap.SimpleImmutableEntry<>(key, value)));
        return entries;
    }

    private static final class CopyIterator<E> implements Iterator<E>, Serializable {
        private static final long serialVersionUID = 1;

        private final List<E> elements;
        private int next;

        CopyIterator(Collection<E> elements) {
            this.elements = new ArrayList<>(elements);
        }

        @Override
        public boolean hasNext() {
            return next < elements.size();
        }

        @Override
        public E next() {
            return elements.get(next++);
        }
    }
}
