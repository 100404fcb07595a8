package io.jenkins.plugins.armory.store;

import org.kohsuke.accmod.Restricted;
import org.kohsuke.accmod.restrictions.NoExternalUse;

/** A part of the plugin that keeps values with builds. It implements this as an {@code @Extension}. */
@Restricted(NoExternalUse.class)
public interface StoredPart {

    /** Returns the name of the part, with which {@link BuildState#put} keeps its values. */
    String part();
}
