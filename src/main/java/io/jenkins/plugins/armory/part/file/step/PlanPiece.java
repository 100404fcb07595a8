package io.jenkins.plugins.armory.part.file.step;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import hudson.Extension;
import io.jenkins.plugins.armory.store.BuildState;
import io.jenkins.plugins.armory.web.BuildPiece;
import org.kohsuke.accmod.Restricted;
import org.kohsuke.accmod.restrictions.NoExternalUse;

/** The targets of a build's deployment files, on its page. */
@Extension
@Restricted(NoExternalUse.class)
public final class PlanPiece implements BuildPiece {

    static final String PART = "file";

    @Override
    public String part() {
        return PART;
    }

    @Override
    public String name() {
        return "plan";
    }

    @Override
    public JsonNode of(BuildState state) {
        return JsonNodeFactory.instance.arrayNode().addAll(state.valuesOf(PART));
    }
}
