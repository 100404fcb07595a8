package io.jenkins.plugins.armory.step;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import edu.umd.cs.findbugs.annotations.NonNull;
import hudson.AbortException;
import hudson.Extension;
import hudson.model.Run;
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
 * deployment failed. Otherwise the Declarative Pipeline skips the stage. It does not wait.
 */
@Restricted(NoExternalUse.class)
public final class ArmoryEnvironmentReady extends DeclarativeStageConditional<ArmoryEnvironmentReady> {

    private static final long serialVersionUID = 1L;

    private final EnvironmentReadiness readiness;

    @DataBoundConstructor
    public ArmoryEnvironmentReady(String environment) {
        readiness = new EnvironmentReadiness(environment);
    }

    public String getEnvironment() {
        return readiness.environment();
    }

    /** Called by the condition's script, see {@link EnvironmentReadiness#holds}. */
    public boolean isReady(Run<?, ?> run) throws AbortException {
        return readiness.holds(run);
    }

    /** Called by the condition's script, see {@link EnvironmentReadiness#whyUnknown}. */
    @CheckForNull
    public String whyUnknown(Run<?, ?> run) {
        return readiness.whyUnknown(run);
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
