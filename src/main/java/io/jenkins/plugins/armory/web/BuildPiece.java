package io.jenkins.plugins.armory.web;

import com.fasterxml.jackson.databind.JsonNode;
import io.jenkins.plugins.armory.store.BuildState;
import io.jenkins.plugins.armory.store.StoredPart;
import org.kohsuke.accmod.Restricted;
import org.kohsuke.accmod.restrictions.NoExternalUse;

/** What a part that keeps values with builds adds to the data of a build's page. */
@Restricted(NoExternalUse.class)
public interface BuildPiece extends StoredPart {

    /** Returns the name in the data. */
    String name();

    JsonNode of(BuildState state);
}
