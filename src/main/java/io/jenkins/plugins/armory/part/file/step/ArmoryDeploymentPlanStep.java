package io.jenkins.plugins.armory.part.file.step;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import edu.umd.cs.findbugs.annotations.NonNull;
import hudson.Extension;
import hudson.Util;
import io.jenkins.plugins.armory.config.form.Argument;
import io.jenkins.plugins.armory.config.form.KeyValue;
import io.jenkins.plugins.armory.config.form.ListField;
import io.jenkins.plugins.armory.step.ArmoryStepDescriptor;
import java.util.List;
import java.util.Map;
import org.jenkinsci.plugins.workflow.steps.Step;
import org.jenkinsci.plugins.workflow.steps.StepContext;
import org.jenkinsci.plugins.workflow.steps.StepExecution;
import org.kohsuke.accmod.Restricted;
import org.kohsuke.accmod.restrictions.NoExternalUse;
import org.kohsuke.stapler.DataBoundConstructor;
import org.kohsuke.stapler.DataBoundSetter;

/**
 * The step {@code armoryDeploymentPlan}: reads a deployment file and checks all of it before anything is done. Only
 * {@code armoryDeployment} uses it, and its parameters are those of {@code armoryDeployment}.
 */
@Restricted(NoExternalUse.class)
public final class ArmoryDeploymentPlanStep extends Step {

    /** The name that messages have, since nobody writes this step. */
    static final String SHOWN_AS = "armoryDeployment";

    @CheckForNull
    private String config;

    private List<KeyValue> context = List.of();
    private List<String> targets = List.of();
    private List<KeyValue> bodies = List.of();

    @CheckForNull
    private String version;

    @CheckForNull
    private String application;

    @CheckForNull
    private String mistake;

    @DataBoundConstructor
    public ArmoryDeploymentPlanStep() {}

    /** Returns why the step is to fail, {@code null} to read the file. */
    @CheckForNull
    public String getMistake() {
        return mistake;
    }

    /** Has the step fail. For {@code armoryDeployment} without a body, or with arguments that are no map. */
    @DataBoundSetter
    public void setMistake(@CheckForNull String mistake) {
        this.mistake = mistake;
    }

    /** Returns the text of the deployment file. */
    @CheckForNull
    public String getConfig() {
        return config;
    }

    @DataBoundSetter
    @Argument(filled = true)
    public void setConfig(@CheckForNull String config) {
        this.config = config;
    }

    /** Returns values of {@code {{context.*}}} for all webhooks. */
    public List<KeyValue> getContext() {
        return context;
    }

    @DataBoundSetter
    @Argument(map = true)
    public void setContext(@CheckForNull List<KeyValue> context) {
        this.context = ListField.copy(context);
    }

    /** Returns the targets to deploy to; empty for all of the file. */
    public List<String> getTargets() {
        return targets;
    }

    @DataBoundSetter
    @Argument(filled = true)
    public void setTargets(@CheckForNull List<String> targets) {
        this.targets = ListField.copy(targets);
    }

    /** Returns the texts of the files that a {@code bodyTemplate.path} may name, by their paths. */
    public List<KeyValue> getBodies() {
        return bodies;
    }

    @DataBoundSetter
    @Argument(map = true)
    public void setBodies(@CheckForNull List<KeyValue> bodies) {
        this.bodies = ListField.copy(bodies);
    }

    /** Returns the version that all targets get, {@code null} if it is not said. */
    @CheckForNull
    public String getVersion() {
        return version;
    }

    @DataBoundSetter
    @Argument(filled = true)
    public void setVersion(@CheckForNull String version) {
        this.version = Util.fixEmptyAndTrim(version);
    }

    /** Returns the name of what is deployed, {@code null} for the name of the job. */
    @CheckForNull
    public String getApplication() {
        return application;
    }

    @DataBoundSetter
    @Argument(filled = true)
    public void setApplication(@CheckForNull String application) {
        this.application = Util.fixEmptyAndTrim(application);
    }

    Map<String, String> contextMap() {
        return KeyValue.toMap(context);
    }

    @Override
    public StepExecution start(StepContext stepContext) {
        return new ArmoryDeploymentPlanExecution(stepContext, this);
    }

    @Extension
    public static final class DescriptorImpl extends ArmoryStepDescriptor {

        public DescriptorImpl() {
            super("armoryDeploymentPlan", false, "targets");
        }

        @Override
        protected String nameInMessages() {
            return SHOWN_AS;
        }

        /** Returns the step itself, so that what comes behind it is closed. */
        @Override
        protected Step mistaken(String mistake, Map<String, Object> arguments) {
            var failing = new ArmoryDeploymentPlanStep();
            failing.setMistake(SHOWN_AS + ": " + mistake);
            return failing;
        }

        @NonNull
        @Override
        public String getDisplayName() {
            return Messages.ArmoryDeploymentPlanStep_displayName();
        }

        /** It is listed among the advanced steps, since nobody needs to write it. */
        @Override
        public boolean isAdvanced() {
            return true;
        }
    }
}
