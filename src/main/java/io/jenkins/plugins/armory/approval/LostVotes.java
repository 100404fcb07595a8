package io.jenkins.plugins.armory.approval;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The approvals of people who may not approve any more. All approvals of people are checked before each event that may decide for success,
 * so one that was lost is off the record before the decision. Of two such events at the same time, each has them checked.
 */
final class LostVotes {

    private final Approvers approvers;

    LostVotes(Approvers approvers) {
        this.approvers = approvers;
    }

    /**
     * Returns the events to apply before an event.
     *
     * @param found the approval, empty if there is none
     * @throws IOException if one of the people cannot be checked now; the event must not be applied then
     */
    List<Event> before(Event event, Optional<Approval> found) throws IOException {
        if (!mayDecideForSuccess(event)
                || found.filter(each -> !each.isDecided()).isEmpty()) {
            return List.of();
        }
        var lost = new ArrayList<Event>();
        for (Vote vote : found.get().votes()) {
            if (!approvers.mayApprove(found.get(), vote.user())) {
                lost.add(new Event.VoteLost(vote.user()));
            }
        }
        return lost;
    }

    private static boolean mayDecideForSuccess(Event event) {
        return event instanceof Event.ManualApproval
                || event instanceof Event.Sent
                || event instanceof Event.ProcessVerdict said && said.success();
    }
}
