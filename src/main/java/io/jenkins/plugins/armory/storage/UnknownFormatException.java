package io.jenkins.plugins.armory.storage;

import java.io.IOException;
import org.kohsuke.accmod.Restricted;
import org.kohsuke.accmod.restrictions.NoExternalUse;

/**
 * Says that something on disk is intact, and that this version of the plugin does not understand it, as after a
 * downgrade. It is left as it is, since it may hold a decision that was acknowledged.
 */
@Restricted(NoExternalUse.class)
public final class UnknownFormatException extends IOException {

    private static final long serialVersionUID = 1L;

    /** @param where the file, and the line if it has several records */
    UnknownFormatException(String where, IOException cause) {
        super(
                where + ": " + cause.getMessage()
                        + ". Nothing was changed. Install the version of the plugin that wrote it,"
                        + " or a later one, and restart Jenkins.",
                cause);
    }
}
