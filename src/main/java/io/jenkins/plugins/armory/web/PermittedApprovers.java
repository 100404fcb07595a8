package io.jenkins.plugins.armory.web;

import hudson.Extension;
import hudson.init.InitMilestone;
import hudson.model.Item;
import hudson.model.User;
import hudson.security.ACL;
import hudson.security.ACLContext;
import io.jenkins.plugins.armory.approval.Approval;
import io.jenkins.plugins.armory.approval.BuildRef;
import io.jenkins.plugins.armory.approval.Circumstances;
import io.jenkins.plugins.armory.builds.BuildRecord;
import java.io.IOException;
import java.util.List;
import java.util.logging.Level;
import java.util.logging.Logger;
import jenkins.model.Jenkins;
import org.kohsuke.accmod.Restricted;
import org.kohsuke.accmod.restrictions.NoExternalUse;
import org.springframework.security.core.Authentication;
import org.springframework.security.core.userdetails.UsernameNotFoundException;

/** The users of Jenkins who may approve, by their present permissions and groups, and the builds of Jenkins. */
@Extension
@Restricted(NoExternalUse.class)
public final class PermittedApprovers implements Circumstances {

    private static final Logger LOGGER = Logger.getLogger(PermittedApprovers.class.getName());

    /**
     * Returns the rules that a user counts for now. A user whom the security realm does not know any more counts for none. For a realm that
     * cannot be asked, Jenkins takes the groups of the user's last login.
     */
    @Override
    public List<Integer> rulesOf(Approval approval, String user) throws IOException {
        if (Jenkins.get().getInitLevel() != InitMilestone.COMPLETED) {
            throw new IOException("Jenkins is starting, so the permissions of " + user + " are not known yet");
        }
        if (!isThere(approval.build().job())) { // its disk may come late, or it was renamed a moment ago
            throw new IOException("The job of " + approval.build() + " is not there, so the permissions of " + user
                    + " on it are not known");
        }
        try (ACLContext ignored = ACL.as2(authenticationOf(user))) {
            // A vote that counts is not lost because a directory is down: that is no user who is not there any more.
            return new Viewer(x -> {
                        throw new IllegalStateException(x);
                    })
                    .rulesOf(approval, Choice.APPROVE);
        } catch (UsernameNotFoundException x) {
            LOGGER.log(Level.FINE, "There is no user " + user + " any more", x);
            return List.of();
        } catch (RuntimeException x) { // of a security realm or an authorization strategy
            throw new IOException("The permissions of " + user + " cannot be found out", x);
        }
    }

    @Override
    public boolean isOver(BuildRef build) {
        return BuildRecord.isOver(build);
    }

    private static boolean isThere(String job) {
        try (ACLContext ignored = ACL.as2(ACL.SYSTEM2)) {
            return Jenkins.get().getItemByFullName(job, Item.class) != null;
        }
    }

    private static Authentication authenticationOf(String user) {
        return user.equals(Jenkins.ANONYMOUS2.getName())
                ? Jenkins.ANONYMOUS2
                : User.getById(user, true).impersonate2();
    }
}
