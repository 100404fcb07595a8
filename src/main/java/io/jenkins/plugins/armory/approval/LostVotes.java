package io.jenkins.plugins.armory.approval;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/**
 * The approvals of people who may not approve any more. All approvals of people are checked before each event that may decide for success,
 * so one that was lost is off the record before the decision. Of two such events at the same time, each has them checked.
 */
final class LostVotes {

    private final ApprovalRepository repository;
    private final Approvers approvers;

    LostVotes(ApprovalRepository repository, Approvers approvers) {
        this.repository = repository;
        this.approvers = approvers;
    }

    /**
     * Returns the events to apply to an approval before an event.
     *
     * @throws IOException if the approval cannot be read, or one of the people cannot be checked now; the event must not be applied then
     */
    List<Event> before(Event event, String id) throws IOException {
        var lost = new ArrayList<Event>();
        Approval approval = mayDecideForSuccess(event) ? repository.find(id).orElse(null) : null;
        if (approval != null && !approval.isDecided()) {
            for (Vote vote : approval.votes()) {
                if (!approvers.mayApprove(approval, vote.user())) {
                    lost.add(new Event.VoteLost(vote.user()));
                }
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
