package io.jenkins.plugins.armory.web;

import hudson.Extension;
import hudson.model.UnprotectedRootAction;
import io.jenkins.plugins.armory.ArmoryApprovals;
import io.jenkins.plugins.armory.callback.CallbackRequest;
import io.jenkins.plugins.armory.callback.JsonResponse;
import java.io.IOException;
import java.util.Collections;
import java.util.List;
import java.util.logging.Level;
import java.util.logging.Logger;
import jenkins.model.Jenkins;
import org.kohsuke.stapler.StaplerRequest2;
import org.kohsuke.stapler.StaplerResponse2;

/**
 * {@code <Jenkins URL>armory/}: the page of all approvals, its data, and where callbacks go to. Unprotected, since those
 * who call back are no users of Jenkins; the page and its data ask for the permissions themselves.
 */
@Extension
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

    /** Shown in the side panel of those alone who may see the page. */
    @Override
    public String getIconFileName() {
        return Jenkins.get().hasPermission(Jenkins.READ) ? "symbol-hourglass-outline plugin-ionicons-api" : null;
    }

    /** Everything below the page itself. */
    public void doDynamic(StaplerRequest2 request, StaplerResponse2 response) throws IOException {
        String path = request.getRestOfPath();
        String id = ApprovalPath.idIn(path);
        JsonResponse answer;
        if (id != null) {
            answer = callback(request, id);
        } else if (PersonalDecision.at(path).isPresent()) {
            answer = PersonalDecision.at(path).get().answer(request);
        } else if ("/api/json".equals(path)) {
            Jenkins.get().checkPermission(Jenkins.READ);
            answer = ApprovalList.response(ArmoryApprovals.get().approvals().list());
        } else {
            answer = JsonResponse.error(404, "not_found", "There is nothing here.");
        }
        JsonWriter.write(response, answer);
    }

    private static JsonResponse callback(StaplerRequest2 request, String id) throws IOException {
        try {
            return ArmoryApprovals.get()
                    .endpoint()
                    .handle(new CallbackRequest(
                            request.getMethod(),
                            id,
                            headers(request, "Authorization"),
                            headers(request, CallbackRequest.ALTERNATIVE_HEADER),
                            request.getContentType(),
                            request.getContentLengthLong(),
                            request.getInputStream()));
        } catch (IOException x) {
            LOGGER.log(Level.WARNING, "The approvals cannot be opened", x);
            return JsonResponse.unavailable("Jenkins cannot open its approvals; call back again later.");
        }
    }

    private static List<String> headers(StaplerRequest2 request, String name) {
        return Collections.list(request.getHeaders(name));
    }
}
