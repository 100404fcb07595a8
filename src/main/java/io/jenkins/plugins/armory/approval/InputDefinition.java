package io.jenkins.plugins.armory.approval;

import com.fasterxml.jackson.annotation.JsonProperty;
import io.jenkins.plugins.armory.webhook.text.Bound;
import java.util.Objects;
import org.kohsuke.accmod.Restricted;
import org.kohsuke.accmod.restrictions.NoExternalUse;

/**
 * Something that the people who approve fill in.
 *
 * @param name its name in the result of the step
 * @param definition Jenkins's definition of the parameter as XML, as in the configuration of a job
 */
@Restricted(NoExternalUse.class)
public record InputDefinition(
        @JsonProperty("name") String name,
        @JsonProperty("definition") String definition) {

    public InputDefinition {
        Objects.requireNonNull(name, "name");
        Objects.requireNonNull(definition, "definition");
        Bound.LINE.check("name", name);
        Bound.TEXT.check('"' + name + '"', definition);
    }
}
