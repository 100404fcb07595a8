package org.jenkinsci.plugins.workflow.steps;

import hudson.EnvVars;
import java.io.IOException;
import java.io.Serializable;
import java.util.HashMap;
import java.util.Map;

/** Adds variables to the environment of the steps in a body. */
public abstract class EnvironmentExpander implements Serializable {
    private static final long serialVersionUID = 1;

    public abstract void expand(EnvVars env) throws IOException, InterruptedException;

    public static EnvironmentExpander constant(Map<String, String> constants) {
        var variables = new HashMap<>(constants);
        return new EnvironmentExpander() {
            private static final long serialVersionUID = 1;

            @Override
            public void expand(EnvVars env) {
                env.putAll(variables);
            }
        };
    }

    public static EnvironmentExpander merge(EnvironmentExpander original, EnvironmentExpander subsequent) {
        return original == null
                ? subsequent
                : new EnvironmentExpander() {
                    private static final long serialVersionUID = 1;

                    @Override
                    public void expand(EnvVars env) throws IOException, InterruptedException {
                        original.expand(env);
                        subsequent.expand(env);
                    }
                };
    }
}
