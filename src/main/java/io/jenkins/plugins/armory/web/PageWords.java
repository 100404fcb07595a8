package io.jenkins.plugins.armory.web;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.jenkins.plugins.armory.approval.Approval;
import io.jenkins.plugins.armory.approval.Decision;
import io.jenkins.plugins.armory.deployment.Environment;
import java.util.List;
import java.util.stream.Stream;

/** The texts of the pages in the viewer's language, for their scripts. */
final class PageWords {

    /** Placeholders stay in the texts, for the script to fill in. */
    private static final String FIRST = "{0}";

    private static final String SECOND = "{1}";
    private static final String THIRD = "{2}";

    /** The states of pending approvals and the outcomes of decided ones. */
    private static final List<String> STATES = Stream.concat(
                    Stream.of(Approval.State.SENDING, Approval.State.WAITING, Approval.State.ASKING),
                    Stream.of(Decision.Outcome.values()))
            .map(Enum::name)
            .toList();

    private PageWords() {}

    /** Returns the texts as a JSON object, by the names in the scripts. */
    static String json() {
        ObjectNode words = JsonNodeFactory.instance.objectNode();
        STATES.forEach(state -> words.put("state." + state, state(state)));
        for (Environment.State state : Environment.State.values()) {
            words.put("environment." + state, word(state));
        }
        words.put("environment.CHECKS_FAILED", Messages.PageWords_environment_CHECKS_FAILED());
        return words.put("waiting", Messages.PageWords_waiting())
                .put("decided", Messages.PageWords_decided())
                .put("column.state", Messages.PageWords_column_state())
                .put("column.build", Messages.PageWords_column_build())
                .put("column.environment", Messages.PageWords_column_environment())
                .put("column.webhook", Messages.PageWords_column_webhook())
                .put("column.age", Messages.PageWords_column_age())
                .put("column.left", Messages.PageWords_column_left())
                .put("column.attempt", Messages.PageWords_column_attempt())
                .put("column.decidedAt", Messages.PageWords_column_decidedAt())
                .put("column.message", Messages.PageWords_column_message())
                .put("search", Messages.PageWords_search())
                .put("filter.state", Messages.PageWords_filter_state())
                .put("filter.job", Messages.PageWords_filter_job())
                .put("filter.environment", Messages.PageWords_filter_environment())
                .put("filter.all", Messages.PageWords_filter_all())
                .put("filters", Messages.PageWords_filters())
                .put("none.ever", Messages.PageWords_none_ever())
                .put("none.waiting", Messages.PageWords_none_waiting())
                .put("none.decided", Messages.PageWords_none_decided())
                .put("none.found", Messages.PageWords_none_found())
                .put("more", Messages.PageWords_more())
                .put("shown", Messages.PageWords_shown(FIRST, SECOND))
                .put("summary", Messages.PageWords_summary(FIRST, SECOND))
                .put("left", Messages.PageWords_left(FIRST))
                .put("until", Messages.PageWords_until(FIRST))
                .put("overdue", Messages.PageWords_overdue())
                .put("attempt.ok", Messages.PageWords_attempt_ok(FIRST, SECOND))
                .put("attempt.failed", Messages.PageWords_attempt_failed(FIRST, SECOND))
                .put("attempt.next", Messages.PageWords_attempt_next(FIRST))
                .put("attempt.turn", Messages.PageWords_attempt_turn())
                .put("attempt.none", Messages.PageWords_attempt_none())
                .put("heartbeat", Messages.PageWords_heartbeat(FIRST))
                .put("progress", Messages.PageWords_progress())
                .put("cancel.ok", Messages.PageWords_cancel_ok(FIRST))
                .put("cancel.failed", Messages.PageWords_cancel_failed(FIRST))
                .put("notify.due", Messages.PageWords_notify_due(FIRST))
                .put("notify.failed", Messages.PageWords_notify_failed(FIRST, SECOND))
                .put("data", Messages.PageWords_data())
                .put("rejected", Messages.PageWords_rejected(FIRST, SECOND))
                .put("failed", Messages.PageWords_failed(FIRST))
                .put("failed.status", Messages.PageWords_failed_status(FIRST))
                .put("choice.approve", Messages.PageWords_choice_approve())
                .put("choice.run-again", Messages.PageWords_choice_runAgain())
                .put("choice.give-up", Messages.PageWords_choice_giveUp())
                .put("choice.reject", Messages.PageWords_choice_reject())
                .put("choice.take-back", Messages.PageWords_choice_takeBack())
                .put("choice.override", Messages.PageWords_choice_override())
                .put("choice.approved", Messages.PageWords_choice_approved())
                .put("choice.rejected", Messages.PageWords_choice_rejected())
                .put("decide.approve", Messages.PageWords_decide_approve(FIRST))
                .put("decide.run-again", Messages.PageWords_decide_runAgain(FIRST))
                .put("decide.give-up", Messages.PageWords_decide_giveUp(FIRST))
                .put("decide.reject", Messages.PageWords_decide_reject(FIRST))
                .put("decide.take-back", Messages.PageWords_decide_takeBack(FIRST))
                .put("decide.override", Messages.PageWords_decide_override(FIRST))
                .put("decide.anyway", Messages.PageWords_decide_anyway())
                .put("decide.approveAnyway", Messages.PageWords_decide_approveAnyway())
                .put("decide.rejectAnyway", Messages.PageWords_decide_rejectAnyway())
                .put("decide.reason", Messages.PageWords_decide_reason())
                .put("decide.comment", Messages.PageWords_decide_comment())
                .put("decide.cancel", Messages.PageWords_decide_cancel())
                .put("decide.close", Messages.PageWords_decide_close())
                .put("decide.unreadable", Messages.PageWords_decide_unreadable(FIRST))
                .put("notice.approved", Messages.PageWords_notice_approved(FIRST))
                .put("notice.runAgain", Messages.PageWords_notice_runAgain(FIRST))
                .put("notice.givenUp", Messages.PageWords_notice_givenUp(FIRST))
                .put("notice.rejected", Messages.PageWords_notice_rejected(FIRST))
                .put("notice.takenBack", Messages.PageWords_notice_takenBack(FIRST))
                .put("notice.overridden", Messages.PageWords_notice_overridden(FIRST))
                .put("notice.open", Messages.PageWords_notice_open())
                .put("notice.first", Messages.PageWords_notice_first(FIRST, SECOND, THIRD))
                .put("notice.ended", Messages.PageWords_notice_ended(FIRST, SECOND, THIRD))
                .put("notice.gone", Messages.PageWords_notice_gone())
                .put("notice.failed", Messages.PageWords_notice_failed(FIRST))
                .put("notice.unknown", Messages.PageWords_notice_unknown(FIRST))
                .put("failure.asked", Messages.PageWords_failure_asked(FIRST, SECOND))
                .put("try", Messages.PageWords_try(FIRST))
                .put("person.asked", Messages.PageWords_person_asked())
                .put("person.several", Messages.PageWords_person_several(FIRST))
                .put("person.submitters", Messages.PageWords_person_submitters(FIRST))
                .put("person.requested", Messages.PageWords_person_requested(FIRST))
                .put("person.count", Messages.PageWords_person_count(FIRST, SECOND))
                .put("person.said", Messages.PageWords_person_said(FIRST, SECOND))
                .put("callback.said", Messages.PageWords_callback_said(FIRST))
                .put("environments", Messages.PageWords_environments())
                .put("after", Messages.PageWords_after(FIRST))
                .put("cancelledBy", Messages.PageWords_cancelledBy(FIRST))
                .put("rollback.under way", Messages.PageWords_rollback_underWay())
                .put("rollback.over", Messages.PageWords_rollback_over())
                .put("rollback.failed", Messages.PageWords_rollback_failed(FIRST))
                .put("stages.cancelled", Messages.PageWords_stages_cancelled(FIRST, SECOND))
                .put("plan.before", Messages.PageWords_plan_before(FIRST, SECOND))
                .put("plan.strategy", Messages.PageWords_plan_strategy(FIRST, SECOND))
                .put("plan.after", Messages.PageWords_plan_after(FIRST, SECOND))
                .put("plan.rollback", Messages.PageWords_plan_rollback())
                .put("plan.targets", Messages.PageWords_plan_targets(FIRST, SECOND))
                .put("step.toCome", Messages.PageWords_step_toCome())
                .put("step.running", Messages.PageWords_step_running())
                .put("step.done", Messages.PageWords_step_done())
                .put("step.failed", Messages.PageWords_step_failed())
                .put("step.stopped", Messages.PageWords_step_stopped())
                .put("step.notRun", Messages.PageWords_step_notRun())
                .put("step.since", Messages.PageWords_step_since(FIRST))
                .put("step.took", Messages.PageWords_step_took(FIRST))
                .put("step.together", Messages.PageWords_step_together())
                .put("step.more", Messages.PageWords_step_more())
                .put("tile.more", Messages.PageWords_tile_more())
                .put("tile.less", Messages.PageWords_tile_less())
                .put("none.build", Messages.PageWords_none_build())
                .put("phase", Messages.PageWords_phase())
                .put("started", Messages.PageWords_started())
                .put("attempts", Messages.PageWords_attempts(FIRST))
                .put("attempt.number", Messages.PageWords_attempt_number())
                .put("attempt.at", Messages.PageWords_attempt_at())
                .put("attempt.host", Messages.PageWords_attempt_host())
                .put("attempt.outcome", Messages.PageWords_attempt_outcome())
                .put("attempt.millis", Messages.PageWords_attempt_millis(FIRST))
                .put("refused", Messages.PageWords_refused(FIRST))
                .put("refused.address", Messages.PageWords_refused_address())
                .put("refused.status", Messages.PageWords_refused_status())
                .put("refused.reason", Messages.PageWords_refused_reason())
                .put("refused.rehearsal", Messages.PageWords_refused_rehearsal(FIRST))
                .put("override", Messages.PageWords_override())
                .put("decidedBy", Messages.PageWords_decidedBy())
                .put("unit.d", Messages.PageWords_unit_d())
                .put("unit.h", Messages.PageWords_unit_h())
                .put("unit.min", Messages.PageWords_unit_min())
                .put("unit.s", Messages.PageWords_unit_s())
                .toString();
    }

    /** @param name the name of a state or of an outcome */
    static String state(String name) {
        return switch (name) {
            case "SENDING" -> Messages.PageWords_state_SENDING();
            case "WAITING" -> Messages.PageWords_state_WAITING();
            case "ASKING" -> Messages.PageWords_state_ASKING();
            case "RUN_AGAIN" -> Messages.PageWords_state_RUN_AGAIN();
            case "SUCCESS" -> Messages.PageWords_state_SUCCESS();
            case "FAILURE" -> Messages.PageWords_state_FAILURE();
            case "REJECTED" -> Messages.PageWords_state_REJECTED();
            case "TIMED_OUT" -> Messages.PageWords_state_TIMED_OUT();
            case "NOT_HEARD" -> Messages.PageWords_state_NOT_HEARD();
            case "ABORTED" -> Messages.PageWords_state_ABORTED();
            case "OTHER_FAILED" -> Messages.PageWords_state_OTHER_FAILED();
            case "LOST" -> Messages.PageWords_state_LOST();
            case "NOT_SENT" -> Messages.PageWords_state_NOT_SENT();
            case "SENT" -> Messages.PageWords_state_SENT();
            default -> name;
        };
    }

    static String word(Environment.State state) {
        return switch (state) {
            case PENDING -> Messages.PageWords_environment_PENDING();
            case WAITING_FOR_DEPENDENCIES -> Messages.PageWords_environment_WAITING_FOR_DEPENDENCIES();
            case DEPLOYING -> Messages.PageWords_environment_DEPLOYING();
            case AWAITING_APPROVAL -> Messages.PageWords_environment_AWAITING_APPROVAL();
            case COMPLETE -> Messages.PageWords_environment_COMPLETE();
            case FAILED -> Messages.PageWords_environment_FAILED();
            case ROLLED_BACK -> Messages.PageWords_environment_ROLLED_BACK();
            case CANCELLED -> Messages.PageWords_environment_CANCELLED();
        };
    }
}
