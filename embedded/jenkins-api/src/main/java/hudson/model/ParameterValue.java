package hudson.model;

import java.io.Serializable;

/** What was filled in for a {@link ParameterDefinition}. */
public abstract class ParameterValue implements Serializable {

    public final String getName() {
        return null;
    }

    public boolean isSensitive() {
        return false;
    }

    public Object getValue() {
        return null;
    }
}
