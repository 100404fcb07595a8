package io.jenkins.plugins.armory.approval;

import io.jenkins.plugins.armory.webhook.text.LogText;
import java.time.Duration;
import org.kohsuke.accmod.Restricted;
import org.kohsuke.accmod.restrictions.NoExternalUse;

/** What the log of the build and its environments say of a decision. */
@Restricted(NoExternalUse.class)
public final class DecisionText {

    private static final String WARNING = "WARNING: ";

    private DecisionText() {}

    /** Returns the reason of a failure, for the log and for the exception of the step. */
    public static String failure(Approval approval) {
        return at(approval.path(), failure(approval, approval.requireDecision()));
    }

    private static String failure(Approval approval, Decision decision) {
        String title = title(approval);
        return switch (decision.outcome()) {
            case FAILURE -> title + "failed " + by(decision);
            case REJECTED -> title + "was rejected " + by(decision);
            case TIMED_OUT ->
                title + "timed out after " + timeout(approval) + message(decision.mdMessage()) + overdue(approval);
            case NOT_HEARD ->
                title + "failed before its deadline: " + decision.mdMessage()
                        + " Raise heartbeat, report progress more often, or check the external process.";
            case NOT_SENT ->
                (approval.isUnsent()
                                ? "Webhook '" + LogText.continued(approval.webhook()) + "' could not be called"
                                : title + "failed")
                        + message(decision.mdMessage());
            case LOST -> title + "is lost" + message(decision.mdMessage());
            case OTHER_FAILED -> title + "ended" + message(decision.mdMessage());
            default -> throw new IllegalArgumentException("no failure: " + decision.outcome());
        };
    }

    /** Returns the start of a sentence about an approval. */
    public static String title(Approval approval) {
        if (approval.opensAt() != null) {
            return "The wait for an opening ";
        }
        return approval.hasWebhook()
                ? "Webhook approval '" + LogText.continued(approval.webhook()) + "' "
                : "Manual approval "
                        + (approval.title().equals(approval.webhook())
                                ? ""
                                : "'" + LogText.continued(approval.title()) + "' ");
    }

    public static String by(Decision decision) {
        return "(" + LogText.continued(decision.decidedBy()) + ")" + text(decision.mdMessage());
    }

    private static String overdue(Approval approval) {
        if (approval.opensAt() != null) {
            return " An administrator may raise waitAtMost of the environment in the settings of Jenkins.";
        }
        return " Raise the limit with timeout and unit, or "
                + (approval.isUnsent()
                        ? "see the lines above for what held the call up."
                        : approval.awaitsPersonAlone()
                                ? "ask the people who may approve."
                                : "check the external process.");
    }

    /** Returns how long it waits at most. */
    public static String timeout(Approval approval) {
        return DurationText.of(Duration.between(approval.createdAt(), approval.deadline()));
    }

    /** Returns what somebody said, in Markdown, as the end of a line. */
    public static String text(String mdMessage) {
        return message(Markdown.toText(mdMessage));
    }

    /** Returns a message from outside as the end of a line. */
    public static String message(String mdMessage) {
        String text = LogText.continued(mdMessage);
        return text.isEmpty() ? "" : ": " + text;
    }

    /** Returns a line of the log about an approval, which names it. */
    public static String line(Approval approval, String line) {
        if (line.startsWith(WARNING)) {
            return WARNING + line(approval, line.substring(WARNING.length()));
        }
        String path = approval.path();
        if (!path.isEmpty()) {
            return at(path, line);
        }
        String name = LogText.continued(approval.title());
        boolean isNamed = line.contains("'" + name + "'") || !approval.hasWebhook() && line.contains(": " + name);
        return isNamed ? line : name + ": " + line;
    }

    /**
     * Returns a message about one of several approvals: {@code approvals[17].uriTemplate: ...} if it begins with a
     * parameter of an entry.
     *
     * @param path where the arguments of the approval stand, empty for those of a step
     */
    public static String at(String path, String message) {
        return path.isEmpty()
                ? message
                : path + (path.endsWith("]") && message.matches("(?s)[\\w.\\[\\]]+: .*") ? "." : ": ") + message;
    }
}
