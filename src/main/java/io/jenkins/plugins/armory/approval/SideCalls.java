package io.jenkins.plugins.armory.approval;

import com.fasterxml.jackson.annotation.JsonProperty;
import edu.umd.cs.findbugs.annotations.CheckForNull;
import java.util.ArrayList;
import java.util.List;
import org.kohsuke.accmod.Restricted;
import org.kohsuke.accmod.restrictions.NoExternalUse;

/**
 * What came of the calls that decide nothing, for the people who look at an approval.
 *
 * @param cancel the last attempt to call the cancel webhook, {@code null} if there was none
 * @param untold the notices that could not be sent, the oldest first
 */
@Restricted(NoExternalUse.class)
public record SideCalls(
        @CheckForNull @JsonProperty("cancel") Attempt cancel,
        @JsonProperty("untold") List<Notifications.Failure> untold) {

    public static final SideCalls NONE = new SideCalls(null, List.of());

    public SideCalls {
        untold = List.copyOf(untold);
    }

    SideCalls withCancel(@CheckForNull Attempt attempt) {
        return new SideCalls(attempt, untold);
    }

    SideCalls withUntold(Notifications.Failure failure) {
        var all = new ArrayList<Notifications.Failure>(untold);
        all.add(failure);
        return new SideCalls(cancel, all);
    }
}
