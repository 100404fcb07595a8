package io.jenkins.plugins.armory.step.environment;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import edu.umd.cs.findbugs.annotations.NonNull;
import hudson.AbortException;
import hudson.Extension;
import hudson.model.Run;
import io.jenkins.plugins.armory.runtime.ArmoryRuntime;
import io.jenkins.plugins.armory.step.Messages;
import java.util.Objects;
import org.codehaus.groovy.ast.expr.Expression;
import org.jenkinsci.Symbol;
import org.jenkinsci.plugins.pipeline.modeldefinition.ast.ModelASTWhenContent;
import org.jenkinsci.plugins.pipeline.modeldefinition.parser.ASTParserUtils;
import org.jenkinsci.plugins.pipeline.modeldefinition.when.DeclarativeStageConditional;
import org.jenkinsci.plugins.pipeline.modeldefinition.when.DeclarativeStageConditionalDescriptor;
import org.kohsuke.accmod.Restricted;
import org.kohsuke.accmod.restrictions.NoExternalUse;
import org.kohsuke.stapler.DataBoundConstructor;

/**
 * The condition {@code when { armoryEnvironmentReady 'staging' }}: holds if the environment is complete and no approval after its
 * deployment failed. Otherwise the Declarative Pipeline skips the stage. It does not wait. No step can have this name: {@code when} would
 * call the step.
 */
@Restricted(NoExternalUse.class)
public final class ArmoryEnvironmentReady extends DeclarativeStageConditional<ArmoryEnvironmentReady> {

    private static final long serialVersionUID = 1L;

    private final String environment;

    @DataBoundConstructor
    public ArmoryEnvironmentReady(String environment) {
        this.environment = Objects.requireNonNullElse(environment, "").strip();
    }

    public String getEnvironment() {
        return environment;
    }

    /**
     * Called by the condition's script on the thread of the Pipeline engine, so it does no I/O.
     *
     * @throws AbortException if no environment is named, as by a variable that is not set: nothing would say why the stage is skipped
     */
    public boolean isReady(Run<?, ?> run) throws AbortException {
        if (environment.isEmpty()) {
            throw new AbortException(
                    "armoryEnvironmentReady: environment: is missing; name the environment that the stage needs");
        }
        try {
            ArmoryEnvironmentStep.checkName("armoryEnvironmentReady: environment", environment);
        } catch (IllegalArgumentException x) {
            throw new AbortException(x.getMessage());
        }
        return ArmoryRuntime.get().deployments().isOpen(run, environment);
    }

    /**
     * Returns a line for the log if the build has not come to the environment, {@code null} if it has. Such an environment is not ready, so
     * with {@code not} a misspelt name would run the stage without a word. It is no error, because its stage may have been skipped.
     */
    @CheckForNull
    public String whyUnknown(Run<?, ?> run) {
        return ArmoryRuntime.get().deployments().hasReached(run, environment)
                ? null
                : "armoryEnvironmentReady: this build has not come to environment \"" + environment
                        + "\", so it is not ready. If it never will, correct the name";
    }

    /** Loaded only if Declarative Pipelines are installed. */
    @Extension(optional = true)
    @Symbol("armoryEnvironmentReady")
    public static final class DescriptorImpl extends DeclarativeStageConditionalDescriptor<ArmoryEnvironmentReady> {

        @NonNull
        @Override
        public String getDisplayName() {
            return Messages.ArmoryEnvironmentReady_displayName();
        }

        @Override
        public Expression transformToRuntimeAST(@CheckForNull ModelASTWhenContent original) {
            return ASTParserUtils.transformWhenContentToRuntimeAST(original);
        }
    }
}
