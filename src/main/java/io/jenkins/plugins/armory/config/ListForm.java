package io.jenkins.plugins.armory.config;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import java.util.List;
import org.kohsuke.accmod.Restricted;
import org.kohsuke.accmod.restrictions.NoExternalUse;

/** What a form with lists of texts needs: a text area has an entry a line. */
@Restricted(NoExternalUse.class)
public interface ListForm {

    /** @param entries {@code null} in the form of a new object */
    default String lines(@CheckForNull List<String> entries) {
        return entries == null ? "" : String.join("\n", entries);
    }
}
