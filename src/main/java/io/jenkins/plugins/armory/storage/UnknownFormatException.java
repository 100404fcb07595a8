package io.jenkins.plugins.armory.storage;

import java.io.IOException;
import org.kohsuke.accmod.Restricted;
import org.kohsuke.accmod.restrictions.NoExternalUse;

/**
 * Something on disk that is intact and that this version of the plugin does not understand, as after a downgrade. It is left as
 * it is: a decision that somebody was told of may be in there.
 */
@Restricted(NoExternalUse.class)
public final class UnknownFormatException extends IOException {

    private static final long serialVersionUID = 1L;

    /** @param where the file, and the line where it has several records */
    UnknownFormatException(String where, IOException cause) {
        super(
                where + ": " + cause.getMessage()
                        + ". Nothing was changed. Install the version of the plugin that wrote it,"
                        + " or a later one, and restart Jenkins.",
                cause);
    }
}
