package io.jenkins.plugins.armory.approval;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/**
 * The events that come before a decision, because the {@link Circumstances} have changed. An approval whose build is
 * over ends first, so that a decision for it comes too late: after a crash, somebody may decide before Jenkins has
 * looked at all builds. Before each event that may decide for success, the votes are checked, and a lost vote is
 * removed first. Two simultaneous events each check the votes.
 */
final class PriorEvents {

    private final ApprovalRepository repository;
    private final Circumstances circumstances;

    PriorEvents(ApprovalRepository repository, Circumstances circumstances) {
        this.repository = repository;
        this.circumstances = circumstances;
    }

    /**
     * Returns the events to apply to an approval before an event.
     *
     * @throws IOException if the approval cannot be read, or one of the people cannot be checked now; the event must not be applied then
     */
    List<Event> before(Event event, String id) throws IOException {
        boolean forSuccess = mayDecideForSuccess(event);
        Approval approval =
                forSuccess || isFromOutside(event) ? repository.find(id).orElse(null) : null;
        if (approval == null || approval.isDecided()) {
            return List.of();
        }
        if (isFromOutside(event) && circumstances.isOver(approval.build())) {
            return List.of(new Event.Aborted(Event.Aborted.BUILD_ENDED));
        }
        return forSuccess ? List.copyOf(lost(approval)) : List.of();
    }

    /**
     * Returns the votes that do not count any more as they did.
     *
     * @throws IOException if one of the people cannot be checked now
     */
    List<Event.VoteLost> lost(Approval approval) throws IOException {
        var lost = new ArrayList<Event.VoteLost>();
        for (Vote vote : approval.votes()) {
            List<Integer> now = circumstances.rulesOf(approval, vote.user());
            if (!now.containsAll(vote.rules())) {
                lost.add(new Event.VoteLost(
                        vote.user(), vote.rules().stream().filter(now::contains).toList()));
            }
        }
        return lost;
    }

    private static boolean isFromOutside(Event event) {
        return event instanceof Event.Verdict || event instanceof Event.ProcessVerdict;
    }

    private static boolean mayDecideForSuccess(Event event) {
        return event instanceof Event.ManualApproval
                || event instanceof Event.Sent
                || event instanceof Event.ProcessVerdict said && said.success();
    }
}
