package io.jenkins.plugins.armory.storage.history;

import static org.assertj.core.api.Assertions.assertThat;

import io.jenkins.plugins.armory.storage.history.RulesChange.Kind;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

class RulesChangeTest {

    private static RulesChange change(Kind kind, String by, String... fields) {
        return new RulesChange("prod", kind, List.of(fields), by, Instant.EPOCH);
    }

    @Test
    void twoChangesThatCannotBeWrittenBecomeOne() {
        assertThat(change(Kind.ADDED, "alice", "jobs").and(change(Kind.CHANGED, "bob", "before", "jobs")))
                .isEqualTo(change(Kind.ADDED, "bob", "before", "jobs"));
        assertThat(change(Kind.CHANGED, "alice", "jobs").and(change(Kind.REMOVED, "bob", "after")))
                .isEqualTo(change(Kind.REMOVED, "bob", "after", "jobs"));
    }
}
