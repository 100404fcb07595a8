package io.jenkins.plugins.armory.integration;

import com.cloudbees.jenkins.support.api.Component;
import com.cloudbees.jenkins.support.api.Container;
import com.cloudbees.jenkins.support.api.PrintedContent;
import edu.umd.cs.findbugs.annotations.NonNull;
import hudson.Extension;
import hudson.security.Permission;
import io.jenkins.plugins.armory.approval.Approval;
import io.jenkins.plugins.armory.approval.Attempt;
import io.jenkins.plugins.armory.runtime.ApprovalsUnavailableException;
import io.jenkins.plugins.armory.runtime.ArmoryRuntime;
import java.io.PrintWriter;
import java.time.Duration;
import java.time.Instant;
import java.util.Set;
import jenkins.model.Jenkins;
import org.kohsuke.accmod.Restricted;
import org.kohsuke.accmod.restrictions.NoExternalUse;

/**
 * The part of a support bundle about approvals: whether they are open, and what waits for what since when. It has no secret, no text of
 * a callback or person, and no answer of a called service.
 */
@Extension(optional = true)
@Restricted(NoExternalUse.class)
public final class ApprovalsSupport extends Component {

    private static final String FILE = "armory-approvals.md";

    @NonNull
    @Override
    public Set<Permission> getRequiredPermissions() {
        return Set.of(Jenkins.ADMINISTER);
    }

    @NonNull
    @Override
    public String getDisplayName() {
        return Messages.ApprovalsSupport_displayName();
    }

    @Override
    public void addContents(@NonNull Container container) {
        container.add(new PrintedContent(FILE) {
            @Override
            protected void printTo(PrintWriter out) {
                print(ArmoryRuntime.get(), Instant.now(), out);
            }
        });
    }

    static void print(ArmoryRuntime armory, Instant now, PrintWriter out) {
        out.println("Webhook approvals");
        out.println("=================");
        out.println();
        out.println("* Problem: " + armory.problem().or(armory::writeProblem).orElse("none"));
        try {
            var pending = armory.approvals().pending();
            out.println("* Pending approvals: " + pending.size());
            out.println("* Cancel webhooks that could not be called: "
                    + armory.delivery().failedCancels());
            out.println();
            for (Approval approval : pending) {
                out.println("* " + line(approval, now));
            }
        } catch (ApprovalsUnavailableException x) {
            out.println("* The approvals are not open.");
        }
    }

    private static String line(Approval approval, Instant now) {
        Attempt last = approval.lastAttempt();
        return approval.id() + ": " + approval.state() + " in " + approval.build() + ", phase " + approval.phase()
                + ", for " + minutes(approval.createdAt(), now) + " min, times out in "
                + minutes(now, approval.deadline()) + " min"
                + (approval.awaitsCallback() ? ", awaits a callback" : "")
                + (approval.manual() != null && approval.person() == null ? ", asks a person" : "")
                + (last == null ? "" : ", last call answered with status " + last.status());
    }

    private static long minutes(Instant from, Instant to) {
        return Duration.between(from, to).toMinutes();
    }
}
