package io.jenkins.plugins.armory.storage.history;

import java.time.Instant;
import java.util.List;
import java.util.stream.Stream;
import org.kohsuke.accmod.Restricted;
import org.kohsuke.accmod.restrictions.NoExternalUse;

/**
 * A change of an environment in the settings: a line of the history.
 *
 * @param fields the names of the fields that changed
 * @param by the user
 */
@Restricted(NoExternalUse.class)
public record RulesChange(String environment, Kind kind, List<String> fields, String by, Instant at) {

    /** What happened to the environment. */
    public enum Kind {
        ADDED,
        CHANGED,
        REMOVED
    }

    public RulesChange {
        fields = List.copyOf(fields);
    }

    /** Returns this and a later change of the environment as one, by whoever made the later one. */
    public RulesChange and(RulesChange later) {
        Kind both = kind == Kind.ADDED && later.kind == Kind.CHANGED ? kind : later.kind;
        List<String> all = Stream.concat(fields.stream(), later.fields.stream())
                .distinct()
                .sorted()
                .toList();
        return new RulesChange(environment, both, all, later.by, later.at);
    }
}
