package org.jenkinsci.plugins.structs.describable;

import java.io.Serializable;
import java.util.Map;

/** The arguments of a describable object that is not created yet. */
public final class UninstantiatedDescribable implements Serializable {
    private static final long serialVersionUID = 1;

    private final Map<String, ?> arguments;

    public UninstantiatedDescribable(Map<String, ?> arguments) {
        this.arguments = arguments;
    }

    public UninstantiatedDescribable withArguments(Map<String, ?> arguments) {
        return new UninstantiatedDescribable(arguments);
    }

    public String getSymbol() {
        return null;
    }

    public Map<String, ?> getArguments() {
        return arguments;
    }
}
