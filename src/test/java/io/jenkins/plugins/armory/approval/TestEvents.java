package io.jenkins.plugins.armory.approval;

import java.util.List;
import java.util.Map;

/** Events for tests that say no more of them than they need. */
public final class TestEvents {

    private TestEvents() {}

    public static Event.Callback callback(boolean success, String mdMessage, String decidedBy) {
        return new Event.Callback(success, mdMessage, null, decidedBy);
    }

    /** By the first rule, without inputs. */
    public static Event.ManualApproval approval(String user, String comment) {
        return new Event.ManualApproval(user, comment, Map.of(), List.of(0));
    }

    public static Event.Overridden override(boolean success, String user, String reason) {
        return new Event.Overridden(success, user, reason, Map.of());
    }
}
