package io.jenkins.plugins.armory.web;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import hudson.Extension;
import hudson.ExtensionList;
import hudson.model.UnprotectedRootAction;
import io.jenkins.plugins.armory.approval.Approval;
import io.jenkins.plugins.armory.runtime.ApprovalsUnavailableException;
import io.jenkins.plugins.armory.runtime.ArmoryRuntime;
import io.jenkins.plugins.armory.store.History;
import jakarta.servlet.ServletException;
import java.io.IOException;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import jenkins.management.Badge;
import jenkins.model.Jenkins;
import org.kohsuke.accmod.Restricted;
import org.kohsuke.accmod.restrictions.NoExternalUse;
import org.kohsuke.stapler.StaplerRequest2;
import org.kohsuke.stapler.StaplerResponse2;

/**
 * The root action {@code <Jenkins URL>armory/}: the page of all approvals with its data, and the paths for callers. It
 * is unprotected because callers are not users of Jenkins. The page and its data check permissions themselves.
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

    /** Returns the icon in the side panel, {@code null} for users who may not see the page. */
    @Override
    public String getIconFileName() {
        return Jenkins.get().hasPermission(Jenkins.READ) ? "symbol-hourglass-outline plugin-ionicons-api" : null;
    }

    /**
     * Returns the number of approvals that the user is asked for, {@code null} for none. Every page of Jenkins shows
     * it.
     */
    @CheckForNull
    @Override
    public Badge getBadge() {
        int asked = new Viewer().asked().size();
        return asked == 0
                ? null
                : new Badge(
                        String.valueOf(asked), Messages.ArmoryRootAction_waitingForYou(asked), Badge.Severity.WARNING);
    }

    /** Has Jenkins show it in the header and not in the menu, where nobody would see the number. */
    @Override
    public boolean isPrimaryAction() {
        return true;
    }

    /** Returns the links to the pages of parts. */
    public List<Routes.Link> getLinks() {
        return ExtensionList.lookup(Routes.class).stream()
                .flatMap(part -> part.link().stream())
                .toList();
    }

    /** Returns the address of this month's history, {@code null} for users who may not download it. */
    @CheckForNull
    public String getHistory() {
        return Jenkins.get().hasPermission(Jenkins.ADMINISTER)
                ? "history/" + History.monthOf(Instant.now()) + ".ndjson"
                : null;
    }

    /** Returns the texts of the page, as a JSON object for its script. */
    public String getWords() {
        return PageWords.json();
    }

    /** Returns the page's first data, see {@link JsonWriter#first}. */
    public String getFirstAnswer() {
        return JsonWriter.first(() -> new ApprovalList(ArmoryRuntime.get()).all(null));
    }

    /** Answers all requests below the page. Callers come here if {@link CallerFilter} has not answered them. */
    public void doDynamic(StaplerRequest2 request, StaplerResponse2 response) throws IOException, ServletException {
        Route.Match to = Route.at(request.getRestOfPath());
        ArmoryRuntime armory = ArmoryRuntime.get();
        boolean isBrowser = String.valueOf(request.getHeader("Accept")).contains("text/html");
        Optional<String> page =
                isBrowser && request.getMethod().equals("GET") ? pageInsteadOf(armory, to) : Optional.empty();
        if (page.isPresent()) {
            response.sendRedirect(request.getContextPath() + "/" + page.get());
        } else {
            to.answer(armory, request, response);
        }
    }

    /**
     * Returns the page of the approval that a browser opens at an address for a POST, relative to the Jenkins URL;
     * Jenkins makes links of the addresses in a log. Empty for other addresses, and for an approval that the user may
     * not see.
     */
    private static Optional<String> pageInsteadOf(ArmoryRuntime armory, Route.Match to) throws IOException {
        return to.id() != null && to.route().method().equals("POST")
                ? find(armory, to.id()).flatMap(new Viewer()::pageOf)
                : Optional.empty();
    }

    /**
     * Returns the form of an approval that people may see and have something to fill in for; empty for others. An
     * approval whose form cannot be made has none.
     */
    static Optional<ApprovalInputs> formOf(Route.Call call) throws IOException {
        try {
            return find(call.armory(), call.id())
                    .filter(new Viewer()::sees)
                    .map(ApprovalInputs::new)
                    .filter(inputs -> !inputs.getDefinitions().isEmpty());
        } catch (IllegalArgumentException x) {
            return Optional.empty();
        }
    }

    private static Optional<Approval> find(ArmoryRuntime armory, String id) throws IOException {
        try {
            return armory.approvals().find(id);
        } catch (ApprovalsUnavailableException x) { // already logged
            return Optional.empty();
        }
    }
}
