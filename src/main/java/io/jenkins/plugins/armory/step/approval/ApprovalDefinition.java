package io.jenkins.plugins.armory.step.approval;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import io.jenkins.plugins.armory.approval.TermsBuilder;
import io.jenkins.plugins.armory.config.form.ManualApproval;
import io.jenkins.plugins.armory.webhook.AnswerRule;
import io.jenkins.plugins.armory.webhook.CancelReference;
import io.jenkins.plugins.armory.webhook.StatusCheck;
import io.jenkins.plugins.armory.webhook.Webhook;
import java.util.List;
import java.util.Map;
import org.kohsuke.accmod.Restricted;
import org.kohsuke.accmod.restrictions.NoExternalUse;

/**
 * The definition of an approval: the arguments of a step, or a rule of an environment. A rule only names its webhook,
 * which has its cancel webhook and its verdict. Methods throw an {@link IllegalArgumentException} that names the wrong
 * parameter.
 */
@Restricted(NoExternalUse.class)
public interface ApprovalDefinition {

    /** Returns the name of a webhook that is defined in Jenkins. */
    @CheckForNull
    String getWebhook();

    /** Returns a webhook that is defined here, {@code null} for the one that is named, or for none. */
    @CheckForNull
    default Webhook inline() {
        return null;
    }

    Map<String, String> contextMap();

    @CheckForNull
    ManualApproval getManualApproval();

    /** Starts the terms, with the limits and what else is shown of the approval. */
    TermsBuilder terms();

    /** Returns the names of the webhooks that are told of the approval. */
    List<String> getNotify();

    @CheckForNull
    String getCallbackCredentialsId();

    List<String> getAllowedCallers();

    /** Returns the cancel webhook in place of the one of the webhook's definition, {@code null} for that. */
    @CheckForNull
    default CancelReference cancel() {
        return null;
    }

    /** Returns the rule for the answer in place of the one of the webhook's definition, {@code null} for that. */
    @CheckForNull
    default AnswerRule answer() {
        return null;
    }

    /** Returns the question for the status in place of the one of the webhook's definition, {@code null} for that. */
    @CheckForNull
    default StatusCheck status() {
        return null;
    }
}
