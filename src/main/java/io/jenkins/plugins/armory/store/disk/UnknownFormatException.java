package io.jenkins.plugins.armory.store.disk;

import java.io.IOException;
import org.kohsuke.accmod.Restricted;
import org.kohsuke.accmod.restrictions.NoExternalUse;

/**
 * Says that something on disk is intact and was written by a newer version of the plugin, as after a downgrade. It is
 * left as it is, since it may hold a decision that was acknowledged.
 */
@Restricted(NoExternalUse.class)
public final class UnknownFormatException extends IOException {

    private static final long serialVersionUID = 2L;

    /** @param where the file, and the line if it has several records */
    public UnknownFormatException(String where, int format, int known) {
        super(where + ": its format is " + format + ", and this version reads " + known
                + ". Nothing was changed. Install the version of the plugin that wrote it,"
                + " or a later one, and restart Jenkins.");
    }
}
