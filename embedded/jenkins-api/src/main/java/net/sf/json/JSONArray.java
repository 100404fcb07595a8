package net.sf.json;

import java.util.ArrayList;
import java.util.List;

/** Rows of a form. Its class is json-lib's of Jenkins, which is not on Maven Central. */
public final class JSONArray {
    private final List<JSONObject> rows = new ArrayList<>();

    private JSONArray() {}

    /** Takes one row, or several. */
    public static JSONArray fromObject(Object object) {
        var array = new JSONArray();
        if (object instanceof JSONArray several) {
            array.rows.addAll(several.rows);
        } else if (object instanceof JSONObject row) {
            array.rows.add(row);
        }
        return array;
    }

    public int size() {
        return rows.size();
    }

    public JSONObject getJSONObject(int index) {
        return rows.get(index);
    }
}
