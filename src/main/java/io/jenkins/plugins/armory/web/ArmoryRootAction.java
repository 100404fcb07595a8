package io.jenkins.plugins.armory.web;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import hudson.Extension;
import hudson.model.UnprotectedRootAction;
import io.jenkins.plugins.armory.callback.JsonResponse;
import io.jenkins.plugins.armory.runtime.ApprovalsUnavailableException;
import io.jenkins.plugins.armory.runtime.ArmoryRuntime;
import jakarta.servlet.ServletException;
import java.io.IOException;
import java.util.Optional;
import java.util.logging.Level;
import java.util.logging.Logger;
import jenkins.model.Jenkins;
import org.kohsuke.accmod.Restricted;
import org.kohsuke.accmod.restrictions.NoExternalUse;
import org.kohsuke.stapler.StaplerRequest2;
import org.kohsuke.stapler.StaplerResponse2;

/**
 * The root action {@code <Jenkins URL>armory/}: the page of all approvals with its data, and the paths for callers. It is
 * unprotected because callers are not users of Jenkins. The page and its data check permissions themselves.
 */
@Extension
@Restricted(NoExternalUse.class)
public final class ArmoryRootAction implements UnprotectedRootAction {

    static final String URL_NAME = "armory";

    private static final Logger LOGGER = Logger.getLogger(ArmoryRootAction.class.getName());

    @Override
    public String getUrlName() {
        return URL_NAME;
    }

    @Override
    public String getDisplayName() {
        return Messages.ArmoryRootAction_displayName();
    }

    /** Returns the icon in the side panel, {@code null} for users who may not see the page. */
    @Override
    public String getIconFileName() {
        return mayRead() ? "symbol-hourglass-outline plugin-ionicons-api" : null;
    }

    /** Returns the texts of the page, as a JSON object for its script. */
    public String getWords() {
        return PageWords.json();
    }

    /** Returns the page's first data, see {@link FirstAnswer}. */
    public String getFirstAnswer() {
        return FirstAnswer.json(() -> all(ArmoryRuntime.get(), null));
    }

    /** Answers all requests below the page. Callers come here if {@link CallerFilter} has not answered them. */
    public void doDynamic(StaplerRequest2 request, StaplerResponse2 response) throws IOException, ServletException {
        String path = request.getRestOfPath();
        ArmoryRuntime armory = ArmoryRuntime.get();
        Optional<ApprovalInputs> form = formAt(armory, path);
        if (form.isPresent()) {
            request.getView(form.get(), "index.jelly").forward(request, response);
        } else if ("/history.ndjson".equals(path)) {
            HistoryExport.answer(armory, request, response);
        } else if (!CallerRequests.answer(armory, request, response, path)) {
            JsonWriter.answer(response, () -> answer(armory, request, path));
        }
    }

    /**
     * Returns the form of an approval that people may see and have something to fill in for; empty for others, and for other paths. An
     * approval whose form cannot be made has none.
     */
    private static Optional<ApprovalInputs> formAt(ArmoryRuntime armory, String path) throws IOException {
        String id = ApprovalPath.idOfInputs(path);
        if (id == null) {
            return Optional.empty();
        }
        try {
            return armory.approvals()
                    .find(id)
                    .filter(new Viewer()::sees)
                    .map(ApprovalInputs::new)
                    .filter(inputs -> !inputs.getDefinitions().isEmpty());
        } catch (ApprovalsUnavailableException | IllegalArgumentException x) {
            LOGGER.log(Level.FINE, "No form for " + id, x);
            return Optional.empty();
        }
    }

    private static JsonResponse answer(ArmoryRuntime armory, StaplerRequest2 request, String path) throws IOException {
        if ("/.well-known/jwks.json".equals(path)) {
            return armory.publicKeys();
        }
        if ("/api/json".equals(path)) {
            return all(armory, request.getHeader("If-None-Match"));
        }
        String one = ApprovalPath.idOfData(path);
        if (one != null) {
            return mayRead() ? new ApprovalList(armory).one(one) : forbidden();
        }
        Optional<PersonalDecision> decision = PersonalDecision.at(path);
        if (decision.isPresent()) {
            return decision.get().answer(armory, request);
        }
        Optional<OverrideDecision> override = OverrideDecision.at(path);
        if (override.isPresent()) {
            return override.get().answer(armory, request);
        }
        return JsonResponse.error(404, "not_found", Messages.ArmoryRootAction_nothing());
    }

    /** @param known the client's {@code If-None-Match}, {@code null} for none */
    private static JsonResponse all(ArmoryRuntime armory, @CheckForNull String known) throws IOException {
        return mayRead() ? new ApprovalList(armory).all(known) : forbidden();
    }

    private static boolean mayRead() {
        return Jenkins.get().hasPermission(Jenkins.READ);
    }

    private static JsonResponse forbidden() {
        return JsonResponse.error(403, "forbidden", Messages.ArmoryRootAction_needsPermission("Overall/Read"));
    }
}
