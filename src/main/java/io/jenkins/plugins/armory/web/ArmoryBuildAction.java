package io.jenkins.plugins.armory.web;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import edu.umd.cs.findbugs.annotations.NonNull;
import hudson.Extension;
import hudson.model.Action;
import hudson.model.Run;
import io.jenkins.plugins.armory.api.ApprovalView;
import io.jenkins.plugins.armory.api.ApprovalViews;
import io.jenkins.plugins.armory.callback.JsonResponse;
import io.jenkins.plugins.armory.runtime.ApprovalsUnavailableException;
import io.jenkins.plugins.armory.runtime.ArmoryRuntime;
import io.jenkins.plugins.armory.runtime.SeenCommits;
import java.io.IOException;
import java.util.Collection;
import java.util.List;
import java.util.logging.Level;
import java.util.logging.Logger;
import jenkins.model.Tab;
import jenkins.model.TransientActionFactory;
import org.kohsuke.accmod.Restricted;
import org.kohsuke.accmod.restrictions.NoExternalUse;
import org.kohsuke.stapler.StaplerRequest2;
import org.kohsuke.stapler.StaplerResponse2;
import org.kohsuke.stapler.export.Exported;
import org.kohsuke.stapler.export.ExportedBean;

/**
 * The page {@code <build>/armory/} with the environments and approvals of a build, and their summary on the build's
 * page. The action keeps no data: each request reads it.
 */
@ExportedBean
@Restricted(NoExternalUse.class)
public final class ArmoryBuildAction extends Tab {

    private static final Logger LOGGER = Logger.getLogger(ArmoryBuildAction.class.getName());

    private final Run<?, ?> run;

    ArmoryBuildAction(Run<?, ?> run) {
        super(run);
        this.run = run;
    }

    /** Returns the icon of the tab, {@code null} for a build without environments and approvals. */
    @CheckForNull
    @Override
    public String getIconFileName() {
        return SeenCommits.find(run) == null ? null : "symbol-hourglass-outline plugin-ionicons-api";
    }

    @Override
    public String getDisplayName() {
        return Messages.ArmoryRootAction_displayName();
    }

    @Override
    public String getUrlName() {
        return ArmoryRootAction.URL_NAME;
    }

    /** Returns the texts for the scripts of the build's pages, as a JSON object. */
    public String getWords() {
        return PageWords.json();
    }

    /** Returns the page's first data, see {@link JsonWriter#first}. */
    public String getFirstAnswer() {
        return JsonWriter.first(() -> BuildDeployment.response(ArmoryRuntime.get(), run, ApprovalSearch.ALL, null));
    }

    /** Returns the approvals in the order of their starts, for the data of the build; empty if they cannot be read. */
    @Exported
    public List<ApprovalView> getApprovals() {
        if (SeenCommits.find(run) == null) {
            return List.of();
        }
        try {
            return ArmoryRuntime.get().approvalsOf(run).stream()
                    .map(ApprovalViews::of)
                    .toList();
        } catch (ApprovalsUnavailableException x) {
            // already logged
        } catch (IOException x) {
            LOGGER.log(Level.WARNING, "Cannot read the approvals of " + run, x);
        }
        return List.of();
    }

    /** Answers all requests below the page. There is only {@code api/json}. */
    public void doDynamic(StaplerRequest2 request, StaplerResponse2 response) throws IOException {
        JsonWriter.answer(
                response,
                () -> "/api/json".equals(request.getRestOfPath())
                        ? data(request)
                        : JsonResponse.error(404, "not_found", Messages.ArmoryRootAction_nothing()));
    }

    private JsonResponse data(StaplerRequest2 request) throws IOException {
        try {
            return BuildDeployment.response(
                    ArmoryRuntime.get(), run, ApprovalSearch.of(request), request.getHeader("If-None-Match"));
        } catch (NumberFormatException x) {
            return JsonResponse.error(400, "invalid_request", Messages.ApprovalSearch_from());
        }
    }

    /** Adds the action to every build. */
    @Extension
    @SuppressWarnings("rawtypes") // as the extension point wants it
    public static final class Factory extends TransientActionFactory<Run> {

        @Override
        public Class<Run> type() {
            return Run.class;
        }

        @Override
        public Class<? extends Action> actionType() {
            return ArmoryBuildAction.class;
        }

        @NonNull
        @Override
        public Collection<? extends Action> createFor(@NonNull Run target) {
            return List.of(new ArmoryBuildAction(target));
        }
    }
}
