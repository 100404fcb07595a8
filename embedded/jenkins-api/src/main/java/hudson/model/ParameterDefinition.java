package hudson.model;

import hudson.ExtensionPoint;
import java.io.Serializable;

/** Something that people fill in. The embedded controller has no kinds of it. */
public abstract class ParameterDefinition implements Describable<ParameterDefinition>, ExtensionPoint, Serializable {
    private final String name;

    protected ParameterDefinition(String name) {
        this.name = name;
    }

    public String getName() {
        return name;
    }

    public ParameterValue getDefaultParameterValue() {
        return null;
    }

    public boolean isValid(ParameterValue value) {
        return true;
    }
}
