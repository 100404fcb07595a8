package io.jenkins.plugins.armory.web;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import edu.umd.cs.findbugs.annotations.NonNull;
import hudson.Extension;
import hudson.model.Action;
import hudson.model.Run;
import io.jenkins.plugins.armory.callback.JsonResponse;
import java.io.IOException;
import java.util.Collection;
import java.util.List;
import jenkins.model.TransientActionFactory;
import org.kohsuke.stapler.StaplerRequest2;
import org.kohsuke.stapler.StaplerResponse2;

/**
 * {@code <build>/armory/}: the environments and approvals of one build, for whoever may see the build. What it shows is kept
 * in the build's folder and not with the action.
 */
public final class ArmoryBuildAction implements Action {

    private final Run<?, ?> run;

    ArmoryBuildAction(Run<?, ?> run) {
        this.run = run;
    }

    @CheckForNull
    @Override
    public String getIconFileName() {
        return null;
    }

    @Override
    public String getDisplayName() {
        return Messages.ArmoryRootAction_displayName();
    }

    @Override
    public String getUrlName() {
        return ArmoryRootAction.URL_NAME;
    }

    /** Everything below it, which is {@code api/json}. */
    public void doDynamic(StaplerRequest2 request, StaplerResponse2 response) throws IOException {
        JsonWriter.write(
                response,
                "/api/json".equals(request.getRestOfPath())
                        ? BuildDeployment.response(run)
                        : JsonResponse.error(404, "not_found", "There is nothing here."));
    }

    /** Gives one to every build. */
    @Extension
    @SuppressWarnings("rawtypes")
    public static final class Factory extends TransientActionFactory<Run> {

        @Override
        public Class<Run> type() {
            return Run.class;
        }

        @NonNull
        @Override
        public Collection<? extends Action> createFor(@NonNull Run target) {
            return List.of(new ArmoryBuildAction(target));
        }
    }
}
