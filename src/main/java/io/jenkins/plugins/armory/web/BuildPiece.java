package io.jenkins.plugins.armory.web;

import com.fasterxml.jackson.databind.JsonNode;
import io.jenkins.plugins.armory.store.BuildState;
import org.kohsuke.accmod.Restricted;
import org.kohsuke.accmod.restrictions.NoExternalUse;

/** What a part adds to the data of a build's page. The part implements it as an {@code @Extension}. */
@Restricted(NoExternalUse.class)
public interface BuildPiece {

    /** Returns the name in the data. */
    String name();

    JsonNode of(BuildState state);
}
