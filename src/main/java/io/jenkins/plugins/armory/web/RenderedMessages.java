package io.jenkins.plugins.armory.web;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.UnaryOperator;

/**
 * A cache of messages as HTML, so that each is rendered once. When messages and HTML together exceed the maximum size, the least
 * recently used ones are dropped.
 */
final class RenderedMessages {

    private final long maxSize;
    private final UnaryOperator<String> render;
    private final Map<String, String> rendered = new LinkedHashMap<>(16, 0.75f, true);
    private long size;

    /** @param maxSize the maximum size in characters */
    RenderedMessages(long maxSize, UnaryOperator<String> render) {
        this.maxSize = maxSize;
        this.render = render;
    }

    String get(String message) {
        String known = find(message);
        return known == null ? add(message, render.apply(message)) : known;
    }

    @CheckForNull
    private synchronized String find(String message) {
        return rendered.get(message);
    }

    private synchronized String add(String message, String html) {
        String known = rendered.putIfAbsent(message, html);
        if (known != null) { // rendered by another thread meanwhile
            return known;
        }
        size += sizeOf(message, html);
        Iterator<Map.Entry<String, String>> eldest = rendered.entrySet().iterator();
        while (size > maxSize) {
            Map.Entry<String, String> dropped = eldest.next();
            size -= sizeOf(dropped.getKey(), dropped.getValue());
            eldest.remove();
        }
        return html;
    }

    private static long sizeOf(String message, String html) {
        return (long) message.length() + html.length();
    }

    /** Returns the size in characters. */
    synchronized long size() {
        return size;
    }
}
