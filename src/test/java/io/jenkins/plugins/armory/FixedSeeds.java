package io.jenkins.plugins.armory;

import net.jqwik.api.lifecycle.AroundPropertyHook;
import net.jqwik.api.lifecycle.PropagationMode;
import net.jqwik.api.lifecycle.PropertyExecutionResult;
import net.jqwik.api.lifecycle.PropertyExecutor;
import net.jqwik.api.lifecycle.PropertyLifecycleContext;

/**
 * Gives every property the same seed in each run, so that no build is red by chance. {@code -Dproperties.fresh} has jqwik draw
 * new seeds, which it prints. jqwik finds this class in {@code META-INF/services}, since it has no setting for it.
 */
public final class FixedSeeds implements AroundPropertyHook {

    static final boolean FRESH = System.getProperty("properties.fresh") != null;

    private static final String SEED = "1";

    @Override
    public PropagationMode propagateTo() {
        return PropagationMode.ALL_DESCENDANTS;
    }

    @Override
    public PropertyExecutionResult aroundProperty(PropertyLifecycleContext context, PropertyExecutor property) {
        if (!FRESH && context.attributes().seed().isEmpty()) {
            context.attributes().setSeed(SEED);
        }
        return property.execute();
    }
}
