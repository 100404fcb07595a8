package io.jenkins.plugins.armory.approval;

import java.io.IOException;
import org.kohsuke.accmod.Restricted;
import org.kohsuke.accmod.restrictions.NoExternalUse;

/** The people who may approve now. Their permissions may change while an approval is pending. */
@Restricted(NoExternalUse.class)
public interface Approvers {

    /**
     * Returns whether a person who has approved may still do so. May ask a directory of users.
     *
     * @param user id of the person
     * @throws IOException if that cannot be known now, but later
     */
    boolean mayApprove(Approval approval, String user) throws IOException;
}
