package net.sf.json;

import java.util.LinkedHashMap;
import java.util.Map;

/** What a form sends. Its class is json-lib's of Jenkins, which is not on Maven Central. */
public final class JSONObject {
    private final Map<String, Object> properties = new LinkedHashMap<>();

    public boolean has(String key) {
        return properties.containsKey(key);
    }

    public boolean isEmpty() {
        return properties.isEmpty();
    }

    public Object opt(String key) {
        return properties.get(key);
    }

    public String optString(String key) {
        return properties.getOrDefault(key, "").toString();
    }

    public Object remove(String key) {
        return properties.remove(key);
    }

    public Object put(String key, Object value) {
        return properties.put(key, value);
    }
}
