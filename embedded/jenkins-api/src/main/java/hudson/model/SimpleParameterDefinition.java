package hudson.model;

/** A parameter whose value can be written as one text. */
public abstract class SimpleParameterDefinition extends ParameterDefinition {

    protected SimpleParameterDefinition(String name) {
        super(name);
    }

    public abstract ParameterValue createValue(String value);
}
