package io.jenkins.plugins.armory.web;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import hudson.Extension;
import hudson.model.UnprotectedRootAction;
import io.jenkins.plugins.armory.ArmoryApprovals;
import io.jenkins.plugins.armory.callback.CallbackRequest;
import io.jenkins.plugins.armory.callback.JsonResponse;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
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

    /** The words of the page, as a JSON object for its script. */
    public String getWords() {
        return PageWords.json();
    }

    /** The path below this action of a request to Jenkins; {@code null} when it is not for this action. */
    @CheckForNull
    static String pathBelow(HttpServletRequest request) {
        String path = request.getPathInfo();
        return path != null && path.startsWith('/' + URL_NAME) ? path.substring(URL_NAME.length() + 1) : null;
    }

    /** Everything below the page itself. */
    public void doDynamic(StaplerRequest2 request, StaplerResponse2 response) throws IOException {
        try {
            JsonWriter.write(response, answer(request, request.getRestOfPath()));
        } catch (IOException x) {
            LOGGER.log(Level.WARNING, "The approvals cannot be opened", x);
            JsonWriter.write(response, JsonResponse.unavailable("Jenkins cannot open its approvals; call back again later."));
        }
    }

    private static JsonResponse answer(StaplerRequest2 request, String path) throws IOException {
        ArmoryApprovals armory = ArmoryApprovals.get();
        // Callbacks first: there are most of them, and each further look at the path costs.
        String id = ApprovalPath.idIn(path);
        if (id != null) {
            return armory.endpoint().handle(callback(request, id));
        }
        String progress = ApprovalPath.idOfProgress(path);
        if (progress != null) {
            return armory.endpoint().progress(callback(request, progress));
        }
        String rehearsal = ApprovalPath.idOfRehearsal(path);
        if (rehearsal != null) {
            return armory.endpoint().rehearse(callback(request, rehearsal));
        }
        if (ApprovalPath.TOKEN.equals(path)) {
            return armory.tokenEndpoint().handle(TokenRequests.of(request));
        }
        if ("/.well-known/jwks.json".equals(path)) {
            return armory.publicKeys();
        }
        if ("/api/json".equals(path)) {
            Jenkins.get().checkPermission(Jenkins.READ);
            return new ApprovalList(armory).all(request.getHeader("If-None-Match"));
        }
        String data = ApprovalPath.idOfData(path);
        if (data != null) {
            Jenkins.get().checkPermission(Jenkins.READ);
            return new ApprovalList(armory).one(data);
        }
        Optional<PersonalDecision> decision = PersonalDecision.at(path);
        if (decision.isPresent()) {
            return decision.get().answer(request);
        }
        return JsonResponse.error(404, "not_found", "There is nothing here.");
    }

    private static CallbackRequest callback(StaplerRequest2 request, String id) throws IOException {
        return new CallbackRequest(
                request.getMethod(),
                id,
                headers(request, "Authorization"),
                headers(request, CallbackRequest.ALTERNATIVE_HEADER),
                request.getRemoteAddr(),
                request.getContentType(),
                request.getContentLengthLong(),
                request.getInputStream());
    }

    static List<String> headers(StaplerRequest2 request, String name) {
        return Collections.list(request.getHeaders(name));
    }
}
