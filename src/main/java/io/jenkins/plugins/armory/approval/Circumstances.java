package io.jenkins.plugins.armory.approval;

import java.io.IOException;
import java.util.List;
import org.kohsuke.accmod.Restricted;
import org.kohsuke.accmod.restrictions.NoExternalUse;

/** What may change in Jenkins while an approval is pending. It is looked at when somebody decides. */
@Restricted(NoExternalUse.class)
public interface Circumstances {

    /**
     * Returns the rules of the requirement that a person counts for now; none if the person may not approve any more. May ask a directory of
     * users.
     *
     * @param user id of the person
     * @throws IOException if that cannot be known now, but later
     */
    List<Integer> rulesOf(Approval approval, String user) throws IOException;

    /** Returns whether a build is over; not for one that is missing, which may come back. May read the build. */
    default boolean isOver(BuildRef build) {
        return false;
    }
}
