package io.jenkins.plugins.armory.web;

import hudson.Extension;
import hudson.model.UnprotectedRootAction;
import io.jenkins.plugins.armory.callback.JsonResponse;
import io.jenkins.plugins.armory.runtime.ArmoryRuntime;
import java.io.IOException;
import java.util.Optional;
import jenkins.model.Jenkins;
import org.kohsuke.accmod.Restricted;
import org.kohsuke.accmod.restrictions.NoExternalUse;
import org.kohsuke.stapler.StaplerRequest2;
import org.kohsuke.stapler.StaplerResponse2;

/**
 * {@code <Jenkins URL>armory/}: the page of all approvals, its data, and where callbacks go to. Unprotected, since those
 * who call back are no users of Jenkins; the page and its data ask for the permissions themselves.
 */
@Extension
@Restricted(NoExternalUse.class)
public final class ArmoryRootAction implements UnprotectedRootAction {

    static final String URL_NAME = "armory";

    @Override
    public String getUrlName() {
        return URL_NAME;
    }

    @Override
    public String getDisplayName() {
        return Messages.ArmoryRootAction_displayName();
    }

    /** Shown in the side panel of those alone who may see the page. */
    @Override
    public String getIconFileName() {
        return Jenkins.get().hasPermission(Jenkins.READ) ? "symbol-hourglass-outline plugin-ionicons-api" : null;
    }

    /** The words of the page, as a JSON object for its script. */
    public String getWords() {
        return PageWords.json();
    }

    /** Everything below the page itself. Callers come here when {@link CallerFilter} has not answered them. */
    public void doDynamic(StaplerRequest2 request, StaplerResponse2 response) throws IOException {
        String path = request.getRestOfPath();
        if (!CallerRequests.answer(request, response, path)) {
            JsonWriter.answer(response, () -> answer(request, path));
        }
    }

    private static JsonResponse answer(StaplerRequest2 request, String path) throws IOException {
        ArmoryRuntime armory = ArmoryRuntime.get();
        if ("/.well-known/jwks.json".equals(path)) {
            return armory.publicKeys();
        }
        boolean all = "/api/json".equals(path);
        String one = ApprovalPath.idOfData(path);
        if ((all || one != null) && !Jenkins.get().hasPermission(Jenkins.READ)) {
            return JsonResponse.error(
                    403,
                    "forbidden",
                    "You need the permission Overall/Read: log in, or send the API token of a user who has it.");
        }
        if (all) {
            return new ApprovalList(armory).all(request.getHeader("If-None-Match"));
        }
        if (one != null) {
            return new ApprovalList(armory).one(one);
        }
        Optional<PersonalDecision> decision = PersonalDecision.at(path);
        if (decision.isPresent()) {
            return decision.get().answer(request);
        }
        return JsonResponse.error(404, "not_found", "There is nothing here.");
    }
}
