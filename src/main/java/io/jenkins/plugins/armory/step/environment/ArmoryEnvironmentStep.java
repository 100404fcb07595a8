package io.jenkins.plugins.armory.step.environment;

import com.cloudbees.hudson.plugins.folder.computed.ComputedFolder;
import edu.umd.cs.findbugs.annotations.CheckForNull;
import edu.umd.cs.findbugs.annotations.NonNull;
import hudson.Extension;
import hudson.Util;
import hudson.model.Item;
import hudson.model.Run;
import hudson.util.FormValidation;
import io.jenkins.plugins.armory.config.form.Argument;
import io.jenkins.plugins.armory.environment.Release;
import io.jenkins.plugins.armory.step.ArmoryStepDescriptor;
import io.jenkins.plugins.armory.step.Messages;
import io.jenkins.plugins.armory.step.StepArguments;
import io.jenkins.plugins.armory.webhook.text.Bound;
import io.jenkins.plugins.armory.webhook.text.LogText;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jenkinsci.plugins.workflow.graph.FlowNode;
import org.jenkinsci.plugins.workflow.steps.Step;
import org.jenkinsci.plugins.workflow.steps.StepContext;
import org.jenkinsci.plugins.workflow.steps.StepExecution;
import org.kohsuke.accmod.Restricted;
import org.kohsuke.accmod.restrictions.NoExternalUse;
import org.kohsuke.stapler.DataBoundConstructor;
import org.kohsuke.stapler.DataBoundSetter;
import org.kohsuke.stapler.QueryParameter;
import org.kohsuke.stapler.verb.POST;

/**
 * The step {@code armoryEnvironment(name: 'prod', dependsOn: ['staging']) { }}: runs its body once the environments in
 * {@code dependsOn} are complete. In Armory's deployment file, environments are {@code targets} and {@code dependsOn}
 * is one of their constraints.
 */
@Restricted(NoExternalUse.class)
public final class ArmoryEnvironmentStep extends Step {

    /**
     * What an environment is called whose name is mistaken, with the id of its node: what comes after it depends on it
     * all the same, in each branch that has one.
     */
    private static final String UNNAMED = "(no name, step %s)";

    private final String name;

    /** {@code null} for all environments that come before. */
    @CheckForNull
    private List<EnvironmentName> dependsOn;

    @CheckForNull
    private String version;

    @CheckForNull
    private String application;

    /** What is wrong with the arguments, {@code null} for nothing that is known. */
    @CheckForNull
    private String mistake;

    @DataBoundConstructor
    public ArmoryEnvironmentStep(String name) {
        this.name = Objects.requireNonNullElse(name, "").strip();
    }

    public String getName() {
        return name;
    }

    @CheckForNull
    public List<EnvironmentName> getDependsOn() {
        return dependsOn;
    }

    @DataBoundSetter
    @Argument(text = "name")
    public void setDependsOn(@CheckForNull List<EnvironmentName> dependsOn) {
        this.dependsOn = dependsOn == null ? null : List.copyOf(dependsOn);
    }

    /** Returns the version that is deployed, as an image with its digest; {@code null} if it is not said. */
    @CheckForNull
    public String getVersion() {
        return version;
    }

    @DataBoundSetter
    @Argument(filled = true)
    public void setVersion(@CheckForNull String version) {
        this.version = Util.fixEmptyAndTrim(version);
    }

    /** Returns the name of what is deployed, in the folder of its job; {@code null} for the name of the job. */
    @CheckForNull
    public String getApplication() {
        return application;
    }

    @DataBoundSetter
    @Argument(filled = true)
    public void setApplication(@CheckForNull String application) {
        this.application = Util.fixEmptyAndTrim(application);
    }

    /**
     * Returns what the step deploys. Branches of a project share its application.
     *
     * @throws IllegalArgumentException naming the parameter that is wrong
     */
    private Release release(Item job) {
        Release.check(version, application);
        Item owner = job.getParent() instanceof ComputedFolder<?> project ? project : job;
        String folder = owner.getParent().getFullName();
        String own = application == null ? owner.getName() : application;
        return new Release(folder.isEmpty() ? own : folder + '/' + own, version);
    }

    /**
     * Returns the names of the environments to wait for, {@code null} for all that come before.
     *
     * @throws IllegalArgumentException naming the parameter that is wrong
     */
    @CheckForNull
    private List<String> dependencies() {
        if (name.isEmpty()) {
            throw new IllegalArgumentException("name: is missing; name the environment that is deployed to");
        }
        checkName("name", name);
        if (dependsOn == null) {
            return null;
        }
        Bound.LIST.check("dependsOn", dependsOn.size());
        List<String> names =
                dependsOn.stream().map(EnvironmentName::getName).distinct().toList();
        for (String each : names) {
            if (each.isEmpty()) {
                throw new IllegalArgumentException("dependsOn: has an empty name; leave it out");
            }
            checkName("dependsOn", each);
        }
        return names;
    }

    /** @throws IllegalArgumentException naming the parameter */
    static void checkName(String parameter, String name) {
        if (name.equals("null")) { // "${env.TARGET}" of a variable that is not set
            throw new IllegalArgumentException(parameter + StepArguments.UNSET);
        }
        LogText.checkName(parameter, name);
    }

    @Override
    public StepExecution start(StepContext stepContext) throws IOException, InterruptedException {
        List<String> dependencies = null;
        Release release = null;
        String wrong = mistake;
        try {
            if (wrong == null) {
                dependencies = dependencies();
                release = release(stepContext.get(Run.class).getParent());
            }
        } catch (IllegalArgumentException x) {
            wrong = x.getMessage();
        }
        String shown = hasName()
                ? name
                : UNNAMED.formatted(stepContext.get(FlowNode.class).getId());
        return new ArmoryEnvironmentExecution(stepContext, shown, dependencies, wrong, release);
    }

    private boolean hasName() {
        try {
            checkName("name", name);
            return !name.isEmpty();
        } catch (IllegalArgumentException x) {
            return false;
        }
    }

    @Extension
    public static final class DescriptorImpl extends ArmoryStepDescriptor {

        public DescriptorImpl() {
            super("armoryEnvironment", true, "name");
        }

        @NonNull
        @Override
        public String getDisplayName() {
            return Messages.ArmoryEnvironmentStep_displayName();
        }

        /** Returns the step itself, so that what it names is closed. */
        @Override
        protected Step mistaken(String mistake, Map<String, Object> arguments) {
            var failing = new ArmoryEnvironmentStep(
                    arguments.get("name") instanceof CharSequence given ? given.toString() : "");
            failing.mistake = mistake;
            return failing;
        }

        @POST
        public FormValidation doCheckName(@QueryParameter String value) {
            return Util.fixEmptyAndTrim(value) == null
                    ? FormValidation.error(Messages.ArmoryEnvironmentStep_name())
                    : FormValidation.ok();
        }
    }
}
