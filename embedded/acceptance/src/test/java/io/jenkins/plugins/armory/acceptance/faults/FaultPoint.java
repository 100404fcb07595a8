package io.jenkins.plugins.armory.acceptance.faults;

import static io.jenkins.plugins.armory.acceptance.faults.FaultPoint.Moment.ANSWER;
import static io.jenkins.plugins.armory.acceptance.faults.FaultPoint.Moment.DELETION;
import static io.jenkins.plugins.armory.acceptance.faults.FaultPoint.Moment.RESTART;
import static io.jenkins.plugins.armory.acceptance.faults.FaultPoint.Moment.START;

import io.jenkins.plugins.armory.acceptance.driver.Plugins;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;

/**
 * The points at which the crash campaign kills the controller. Each is the begin or the end of a method of the plugin,
 * or of what saves the Pipeline's program in the controller, and says what has happened by then.
 */
public enum FaultPoint {
    // The step starts, and the webhook is called.
    STEP_STARTING(START, "step.approval.ArmoryWebhookApprovalExecution.start", "the approval has no id yet"),
    STEP_STARTED(
            START,
            "step.approval.ArmoryWebhookApprovalExecution.start end",
            "it has an id, which is not saved with the program"),
    PROGRAM_SAVED(START, "step.approval.ArmoryWebhookApprovalExecution.begin", "the program is saved with the id"),
    APPROVAL_BEGINNING(START, "step.approval.ApprovalStart.create", "nothing of the approval is written"),
    APPROVAL_CREATING(
            START, "store.Approvals.create", "the build is not marked, and its log does not have the approval"),
    MARKED(START, "store.Markers$Marker.mark end", "the build is marked, and its log does not have the commit"),
    CLOSING(
            ANSWER,
            "store.Markers$Marker.closed",
            "a commit that closes something is synced, and the marker does not have it"),
    CLOSED(ANSWER, "store.Markers$Marker.closed end", "the marker has it, and nobody was told"),
    LOG_APPENDING(START, "store.BuildLog.append", "a commit is about to be appended"),
    LOG_SYNCING(START, "store.BuildLog.sync", "it is appended, not synced"),
    LOG_WRITTEN(START, "store.BuildLog.append end", "it is synced, and nobody was told"),
    COMMITS_SEEN(START, "runtime.Deployments.save end", "Jenkins has saved the build with the number of commits"),
    APPROVAL_CREATED(START, "store.Approvals.create end", "the log has the approval, the webhook was not called"),
    STEP_FOLLOWING(
            START,
            "step.approval.ApprovalWait.follow",
            "the approvals of the step are written, and nobody waits for them"),
    DELIVERING(START, "call.CallLoop.deliver", "the step is ready, the webhook was not called"),
    CALL_BEGINNING(START, "call.WebhookCalls.begins", "the call has its turn, and its time has not begun"),
    CALL_BEGUN(START, "call.WebhookCalls.begins end", "its time has begun, and the webhook was not called"),
    CALLING(START, "call.WebhookCalls.key", "the webhook is about to be called"),
    CALL_STARTED(START, "call.CallLoop$Call.send end", "the call is under way"),
    CALL_ANSWERED(START, "call.WebhookCalls.again", "the webhook has answered, which is noted nowhere"),
    CALL_NOTED(START, "call.CallLoop$Call.over", "that the webhook took the call is on disk"),
    RETRY_SCHEDULING(START, "call.WebhookCalls.repeated end", "a failed attempt is on disk, the next is not scheduled"),
    STAGE_PAUSED(START, "step.flow.StagePause.begin end", "the stage is shown as paused"),

    // A decision comes.
    CALLBACK_ARRIVED(ANSWER, "callback.CallbackEndpoint.handle", "a callback has arrived"),
    EVENT_APPLYING(ANSWER, "store.Approvals.write", "the store gets an event"),
    CHANGE_SYNCING(ANSWER, "store.BuildLog.sync", "a decision is appended with all that follows, not synced"),
    CHANGE_WRITTEN(ANSWER, "store.BuildLog.append end", "a decision is synced, and nobody was told"),
    EVENT_APPLIED(ANSWER, "store.Approvals.write end", "the decision is in the log, the step was not told"),
    EVENT_PASSING_ON(
            ANSWER,
            "store.Approvals.applied",
            "of those that ended together, all are on disk, and nobody was told of some"),
    EVENT_PASSED_ON(ANSWER, "store.Approvals.apply end", "the step is about to be told"),
    CALLBACK_ANSWERING(ANSWER, "callback.CallbackEndpoint.handle end", "the answer to the callback was not sent"),
    STEP_TOLD(ANSWER, "step.approval.ApprovalWait$Element.decided", "the step is told of the decision"),
    STOP_TELLING(
            ANSWER,
            "step.SuspendedExecution.tell",
            "STOPPED",
            "the step ends before it has an approval, and the environments were not told"),
    ALL_DECIDED(
            ANSWER,
            "step.approval.ApprovalWait.finish",
            "all approvals of the step are decided, which nobody was told"),
    STEP_ENDING(ANSWER, "step.SuspendedExecution.finish", "the Pipeline is about to be told"),
    STEP_ENDED(ANSWER, "step.approval.ApprovalWait$Element.decided end", "the Pipeline was told"),
    PROGRAM_SAVING(ANSWER, "", "the program is about to be saved"),
    PROGRAM_WRITTEN(ANSWER, "end", "the program is saved"),
    PERSON_DECIDING(ANSWER, "web.PersonalDecision.answer", "a person is about to decide"),
    PERSON_DECIDED(
            ANSWER, "web.PersonalDecision.answer end", "a person's decision is on disk, the answer was not sent"),
    ABORTING(ANSWER, "step.approval.ApprovalWait.stop", "the build is stopped, its approval is pending"),
    ABORTED(ANSWER, "step.approval.ApprovalWait.stop end", "the end of the approval is on disk"),
    CANCELLING(ANSWER, "call.CancelCalls.insteadOf", "the approval is over, its cancel webhook was not called"),
    CANCEL_ANSWERED(ANSWER, "call.CancelCalls.over", "the cancel webhook has answered, which is noted nowhere"),
    CANCEL_OVER(ANSWER, "call.WebhookCalls.closed", "that is on disk, and nothing more is to be called"),
    ANSWER_JUDGED(ANSWER, "call.WebhookCalls.over", "the webhook's answer decides, which is noted nowhere"),
    STATUS_ASKING(ANSWER, "call.StatusPolls.key", "the status is about to be asked for"),
    STATUS_ANSWERED(ANSWER, "call.StatusPolls.again", "the status was answered, which is noted nowhere"),
    NOTICE_SENDING(ANSWER, "call.NotifyCalls.key", "a notice is on record, and was not sent"),
    NOTICE_ANSWERED(ANSWER, "call.NotifyCalls.over", "a notice was sent, which is noted nowhere"),
    NOTICE_OVER(ANSWER, "call.CallLoop$Call.over end", "that is on disk, and the next notice was begun"),
    DEADLINE_CHECKING(ANSWER, "store.Approvals.checkClock", "the deadline has come"),
    DEADLINE_CHECKED(ANSWER, "store.Approvals.checkClock end", "the timeout is on disk"),
    HISTORY_WRITING(ANSWER, "store.History.append", "lines of the history are about to be written"),
    HISTORY_WRITTEN(ANSWER, "store.History.append end", "the lines are on disk, and the builds are marked"),
    MARKER_REMOVING(ANSWER, "store.Markers.remove", "the build is over, and marked"),
    BUILD_COMPLETED(ANSWER, "runtime.BuildEvents.onCompleted", "the Pipeline is over"),
    BUILD_FINALIZED(ANSWER, "runtime.BuildEvents.onFinalized", "the build is saved as over"),

    // Environments.
    ENVIRONMENT_BEGINNING(
            START, "step.environment.ArmoryEnvironmentExecution.begin", "the program is saved with the step's id"),
    ENVIRONMENTS_APPLYING(ANSWER, "store.BuildState.apply", "the environments get an event"),
    ENVIRONMENTS_APPLIED(ANSWER, "store.BuildState.apply end", "the event is on disk, the steps are about to be told"),
    ENVIRONMENT_SETTLED(
            ANSWER,
            "step.environment.ArmoryEnvironmentExecution.settled",
            "its dependencies are complete, or it is cancelled"),
    BODY_STARTED(ANSWER, "step.BlockExecution.startBody end", "the body runs"),
    BODY_ENDED(
            ANSWER,
            "step.environment.ArmoryEnvironmentExecution.end",
            "the body has ended, the environments were not told"),
    ENVIRONMENT_ENDED(
            ANSWER, "step.environment.ArmoryEnvironmentExecution.end end", "the step has ended, or is to be checked"),
    ENVIRONMENTS_ENDING(ANSWER, "runtime.Deployments.end", "the build is over, its environments were not told"),

    // Environments of the settings.
    RULES_FROZEN(
            START,
            "part.protect.EnvironmentRules$Guard.demandsOf end",
            "the rules are read, the program does not have them"),
    RULES_ASKING(
            START,
            "step.environment.ArmoryEnvironmentExecution.ask",
            "the environment awaits its rules, nothing of these is written"),
    RULES_ASKED(START, "step.approval.Admission.begin end", "the step waits for the rules"),
    RULES_MET(
            ANSWER,
            "step.environment.ArmoryEnvironmentExecution.admitted",
            "all rules are met, the environments were not told"),
    BODY_ADMITTED(
            ANSWER,
            "step.environment.ArmoryEnvironmentExecution.admitted end",
            "it is on disk that the body may begin"),
    RULE_REFUSING(
            ANSWER,
            "step.environment.ArmoryEnvironmentExecution.refused",
            "a rule has failed, the environments were not told"),
    RULE_REFUSED(
            ANSWER,
            "step.environment.ArmoryEnvironmentExecution.refused end",
            "the failure of the environment is on disk, and the Pipeline was told"),
    CHECKS_ASKING(
            ANSWER,
            "step.environment.ArmoryEnvironmentExecution.check",
            "the body has ended, nothing of the rules after it is written"),
    CHECKS_ASKED(
            ANSWER, "step.environment.ArmoryEnvironmentExecution.check end", "the step waits for the rules after it"),

    // Deployment files.
    PLAN_READING(START, "part.file.step.ArmoryDeploymentPlanExecution.read", "the file is not read"),
    PLAN_WRITTEN(START, "store.BuildState.put end", "the plan is in the build's log, the Pipeline does not have it"),
    ACTION_BEGINNING(
            ANSWER, "part.file.step.ArmoryDeploymentActionExecution.begin", "nothing of the action is on record"),
    ACTION_ENDING(
            ANSWER, "part.file.step.ArmoryDeploymentActionExecution.end", "the body has ended, which is not on record"),
    ACTION_ENDED(ANSWER, "part.file.step.ArmoryDeploymentActionExecution.end end", "the action is on record as done"),

    // The controller starts again.
    STORE_OPENING(RESTART, "store.Approvals.open", "nothing is read"),
    STORE_OPENED(RESTART, "store.Approvals.open end", "the markers are read, and no log"),
    TAKEN_UP(RESTART, "store.Approvals.takeUpAll end", "all pending approvals are in memory"),
    LOADED(RESTART, "runtime.JobEvents.onLoaded end", "the jobs are loaded"),
    STEP_RESUMING(RESTART, "step.approval.ArmoryWebhookApprovalExecution.onResume", "a step is resumed"),
    STEP_RESUMED(RESTART, "step.approval.ApprovalWait.resume end", "it waits again"),
    RULES_RESUMING(RESTART, "step.approval.Admission.begin", "the wait for rules is taken up again"),
    CALL_RESUMING(RESTART, "call.WebhookCalls.first", "a call that was cut off is to be made again"),

    // Builds are deleted.
    BUILD_DELETING(DELETION, "runtime.BuildEvents.onDeleted", "nothing of the build is deleted"),
    APPROVAL_REMOVING(DELETION, "store.Approvals.remove", "the approval is in memory, and its build marked"),
    APPROVAL_REMOVED(DELETION, "store.Approvals.remove end", "the approval is forgotten, and its build not marked"),
    BUILD_DELETED(DELETION, "runtime.BuildEvents.onDeleted end", "nothing is left outside of the build's folder");

    /** When a point is passed. */
    public enum Moment {
        /** While builds start and call their webhooks. */
        START,
        /** While decisions come in. */
        ANSWER,
        /** While the controller starts and takes up the builds that wait. */
        RESTART,
        /** While builds are deleted. */
        DELETION
    }

    private static final String PLUGIN = "io.jenkins.plugins.armory.";
    private static final String END = " end";

    /** What saves programs: in the embedded controller, and in Pipeline: Groovy. */
    private static final String EMBEDDED_SAVE = "io.jenkins.embedded.ProgramFile.write";

    private static final String JENKINS_SAVE = "org.jenkinsci.plugins.workflow.cps.CpsThreadGroup.saveProgram";

    private final Moment moment;
    private final String method;
    private final boolean atBegin;
    private final String argument;
    private final String meaning;

    FaultPoint(Moment moment, String where, String meaning) {
        this(moment, where, "", meaning);
    }

    /**
     * @param where class and method within the plugin, with {@code end} for the method's end; no class where the
     *     program is saved
     * @param argument what an argument of the method has to have in it
     */
    FaultPoint(Moment moment, String where, String argument, String meaning) {
        this.moment = moment;
        this.atBegin = !(" " + where).endsWith(END);
        String name = atBegin ? where : where.substring(0, Math.max(0, where.length() - END.length()));
        this.method = name.isEmpty() ? "" : PLUGIN + name;
        this.argument = argument;
        this.meaning = meaning;
    }

    /** The points of one moment. */
    public static List<FaultPoint> at(Moment moment) {
        return Arrays.stream(values()).filter(point -> point.moment == moment).toList();
    }

    public Moment moment() {
        return moment;
    }

    /** Returns what has happened when the controller dies there. */
    public String meaning() {
        return meaning;
    }

    boolean isAtBegin() {
        return atBegin;
    }

    String argument() {
        return argument;
    }

    /** Name of the method's class. */
    String type() {
        return fullName().substring(0, fullName().lastIndexOf('.'));
    }

    String method() {
        return fullName().substring(fullName().lastIndexOf('.') + 1);
    }

    private String fullName() {
        return !method.isEmpty() ? method : isEmbedded() ? EMBEDDED_SAVE : JENKINS_SAVE;
    }

    private static boolean isEmbedded() {
        return System.getProperty("jenkins.war", "").isEmpty();
    }

    /** Where the classes are: jars, or plugins with jars in them. */
    static List<Path> archives() {
        Path artifacts = Path.of(System.getProperty("acceptance.artifacts"));
        return isEmbedded()
                ? List.of(artifacts.resolve("embedded-controller.jar"))
                : List.of(
                        artifacts.resolve("armory-webhook-approval.hpi"),
                        Plugins.given().file("workflow-cps"));
    }
}
