package io.jenkins.plugins.armory.store.disk;

import java.io.IOException;
import java.nio.file.Path;
import org.kohsuke.accmod.Restricted;
import org.kohsuke.accmod.restrictions.NoExternalUse;

/** Says that another controller uses the approvals. */
@Restricted(NoExternalUse.class)
public final class StoreInUseException extends IOException {

    private static final long serialVersionUID = 1L;

    StoreInUseException(Path lock) {
        super("Another Jenkins has the lock on " + lock
                + ". This one answers callers with 503, and takes over when the other"
                + " has ended. Two controllers must not share a JENKINS_HOME: end one of them.");
    }
}
