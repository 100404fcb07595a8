package hudson;

import java.util.Map;
import java.util.TreeMap;

/** Environment variables; their names are found whatever their case. */
public class EnvVars extends TreeMap<String, String> {
    private static final long serialVersionUID = 1;

    public EnvVars() {
        super(String.CASE_INSENSITIVE_ORDER);
    }

    public EnvVars(Map<String, String> variables) {
        this();
        putAll(variables);
    }
}
