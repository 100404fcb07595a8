package io.jenkins.plugins.armory.web;

import java.util.List;
import java.util.Optional;
import org.kohsuke.accmod.Restricted;
import org.kohsuke.accmod.restrictions.NoExternalUse;

/** The paths of a part below the root action. The part implements it as an {@code @Extension}. */
@Restricted(NoExternalUse.class)
public interface Routes {

    List<Route> routes();

    /**
     * Returns the link to the part's page, for the page of all approvals; empty if there is nothing on it for the
     * current user.
     */
    default Optional<Link> link() {
        return Optional.empty();
    }

    /**
     * A link of the page of all approvals.
     *
     * @param path relative to that page
     */
    record Link(String path, String text) {}
}
