package io.jenkins.plugins.armory.config.form;

import com.thoughtworks.xstream.XStreamException;
import edu.umd.cs.findbugs.annotations.CheckForNull;
import hudson.model.ParameterDefinition;
import hudson.model.ParameterValue;
import hudson.model.SimpleParameterDefinition;
import io.jenkins.plugins.armory.approval.InputDefinition;
import jenkins.model.Jenkins;
import org.kohsuke.accmod.Restricted;
import org.kohsuke.accmod.restrictions.NoExternalUse;

/**
 * Jenkins's parameter definitions, for inputs that people fill in when they approve. Their values are part of the
 * record of an approval, so only texts and booleans that are no secrets are possible: {@code string}, {@code text},
 * {@code choice}, {@code booleanParam} and the like.
 */
@Restricted(NoExternalUse.class)
public final class InputParameters {

    private InputParameters() {}

    /**
     * Returns a definition for the record of an approval.
     *
     * @throws IllegalArgumentException naming the parameter that cannot be used, and why
     */
    public static InputDefinition toInput(ParameterDefinition parameter) {
        String name = parameter.getName();
        if (name == null || name.isBlank()) {
            throw new IllegalArgumentException("a parameter has no name; add name: '...'");
        }
        String quoted = '"' + name + '"';
        ParameterValue value = parameter.getDefaultParameterValue();
        if (value != null && value.isSensitive()) {
            throw new IllegalArgumentException(
                    quoted + " is a password, and would be written to the record of the approval;"
                            + " use a credential, and ask for its id");
        } else if (!(parameter instanceof SimpleParameterDefinition)) {
            throw new IllegalArgumentException(
                    quoted + " has a type whose values an approval cannot keep; use string, text,"
                            + " choice or booleanParam");
        } else if (value == null) {
            throw new IllegalArgumentException(
                    quoted + " has no default value; give it one, or choices if it is a choice");
        } else if (!isKept(value.getValue())) {
            throw new IllegalArgumentException(quoted
                    + " has values that are neither texts nor booleans; use string, text, choice or booleanParam");
        }
        String xml;
        try {
            xml = Jenkins.XSTREAM.toXML(parameter);
        } catch (RuntimeException x) { // XStream refuses some characters when it writes, others when it reads
            throw notKept(quoted, x);
        }
        InputDefinition input = new InputDefinition(name, xml);
        try {
            of(input);
        } catch (IllegalArgumentException x) {
            throw notKept(quoted, x);
        }
        return input;
    }

    private static IllegalArgumentException notKept(String parameter, RuntimeException cause) {
        return new IllegalArgumentException(
                parameter + " cannot be kept as XML; take control characters and halves of characters out of its texts",
                cause);
    }

    private static boolean isKept(@CheckForNull Object value) {
        return value instanceof String || value instanceof Boolean;
    }

    /**
     * Returns the definition of a record.
     *
     * @throws IllegalArgumentException if Jenkins does not know its type any more
     */
    public static SimpleParameterDefinition of(InputDefinition input) {
        try {
            if (Jenkins.XSTREAM.fromXML(input.definition()) instanceof SimpleParameterDefinition parameter) {
                return parameter;
            }
        } catch (XStreamException x) {
            throw new IllegalArgumentException(unreadable(input), x);
        }
        throw new IllegalArgumentException(unreadable(input));
    }

    private static String unreadable(InputDefinition input) {
        return Messages.InputParameters_unknownType(input.name());
    }

    /** Returns the value of a parameter that was not filled in. */
    public static Object defaultOf(SimpleParameterDefinition parameter) {
        ParameterValue value = parameter.getDefaultParameterValue();
        return value == null ? "" : kept(parameter, value);
    }

    /**
     * Returns the value for what was filled in.
     *
     * @throws IllegalArgumentException naming the parameter, if the value is not one of its values
     */
    public static Object valueOf(SimpleParameterDefinition parameter, String text) {
        if (defaultOf(parameter) instanceof Boolean && !text.equals("true") && !text.equals("false")) {
            throw new IllegalArgumentException(Messages.InputParameters_boolean(parameter.getName()));
        }
        ParameterValue value;
        try {
            value = parameter.createValue(text);
        } catch (RuntimeException x) { // of the definition, which may be another plugin's
            throw new IllegalArgumentException(
                    Messages.InputParameters_valueBecause(parameter.getName(), text, x.getMessage()), x);
        }
        if (value == null || !parameter.isValid(value)) {
            throw new IllegalArgumentException(Messages.InputParameters_value(parameter.getName(), text));
        }
        return kept(parameter, value);
    }

    private static Object kept(SimpleParameterDefinition parameter, ParameterValue value) {
        Object kept = value.getValue();
        if (!isKept(kept) || value.isSensitive()) {
            throw new IllegalArgumentException(Messages.InputParameters_type(parameter.getName()));
        }
        return kept;
    }
}
