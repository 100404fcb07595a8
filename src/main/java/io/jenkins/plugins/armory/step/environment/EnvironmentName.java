package io.jenkins.plugins.armory.step.environment;

import hudson.Extension;
import hudson.model.AbstractDescribableImpl;
import hudson.model.Descriptor;
import io.jenkins.plugins.armory.step.Shorthands;
import java.util.Objects;
import org.kohsuke.accmod.Restricted;
import org.kohsuke.accmod.restrictions.NoExternalUse;
import org.kohsuke.stapler.DataBoundConstructor;

/** An entry of {@code dependsOn} in a form. In a Pipeline it is a text, see {@link Shorthands}. */
@Restricted(NoExternalUse.class)
public final class EnvironmentName extends AbstractDescribableImpl<EnvironmentName> {

    private final String name;

    @DataBoundConstructor
    public EnvironmentName(String name) {
        this.name = Objects.requireNonNullElse(name, "").strip();
    }

    public String getName() {
        return name;
    }

    @Extension
    public static final class DescriptorImpl extends Descriptor<EnvironmentName> {}
}
