package io.jenkins.plugins.armory.step;

import com.cloudbees.plugins.credentials.CredentialsProvider;
import edu.umd.cs.findbugs.annotations.CheckForNull;
import hudson.AbortException;
import hudson.model.Run;
import io.jenkins.plugins.armory.runtime.ArmoryApprovals;
import io.jenkins.plugins.armory.approval.Decision;
import io.jenkins.plugins.armory.approval.Phase;
import io.jenkins.plugins.armory.config.ArmoryConfiguration;
import io.jenkins.plugins.armory.config.SecretTexts;
import io.jenkins.plugins.armory.webhook.TemplateException;
import io.jenkins.plugins.armory.webhook.Variables;
import io.jenkins.plugins.armory.webhook.Webhook;
import io.jenkins.plugins.armory.webhook.WebhookRequest;
import java.util.Map;
import jenkins.model.Jenkins;
import org.jenkinsci.plugins.plaincredentials.StringCredentials;

/**
 * What the templates of an approval's webhooks are filled in with.
 *
 * @param approvalId id of the approval
 * @param environment what is deployed to, {@code null} where none is known
 * @param phase where the approval stands
 * @param context values for {@code {{context.*}}}
 * @param account of the target in the deployment file, {@code null} where there is none
 * @param namespace likewise
 */
record ApprovalRequest(
        String approvalId,
        @CheckForNull String environment,
        Phase phase,
        Map<String, String> context,
        @CheckForNull String account,
        @CheckForNull String namespace) {

    /**
     * Fills them in.
     *
     * @param ended what the approval has come to, for a cancel webhook; {@code null} for others
     * @throws AbortException when that cannot be; nothing was sent then
     */
    WebhookRequest of(Webhook webhook, Run<?, ?> run, @CheckForNull Decision ended) throws AbortException {
        String callbackUri;
        try {
            callbackUri = ArmoryConfiguration.get().callbackUri(approvalId);
        } catch (IllegalStateException x) {
            throw new AbortException(x.getMessage());
        }
        Variables variables = new Variables()
                .with(Variables.CALLBACK_URI, callbackUri)
                .with(Variables.CALLBACK_TOKEN, ArmoryApprovals.get().tokens().tokenFor(approvalId))
                .with(Variables.APPROVAL_ID, approvalId)
                .with(Variables.DEPLOYMENT_ID, run.getExternalizableId())
                .with(Variables.APPLICATION_NAME, run.getParent().getFullName())
                .with(Variables.ENVIRONMENT_NAME, environment)
                .with(Variables.ACCOUNT_NAME, account)
                .with(Variables.NAMESPACE, namespace)
                .withContext(context)
                .withSecrets(id -> secret(id, run));
        if (ended != null) {
            variables.with(Variables.OUTCOME, ended.outcome().name()).with(Variables.REASON, ended.mdMessage());
        }
        String root = Jenkins.get().getRootUrl();
        String buildUrl = root == null ? null : root + run.getUrl();
        try {
            return WebhookRequest.of(webhook, variables, new WebhookRequest.Defaults(approvalId, phase.toString(), buildUrl));
        } catch (TemplateException x) {
            throw new AbortException("webhook '" + webhook.name() + "': " + x.getMessage());
        }
    }

    /** The secret of a credential, whose use is recorded. */
    @CheckForNull
    private static String secret(String id, Run<?, ?> run) {
        StringCredentials credentials = SecretTexts.forTemplate(id, run);
        if (credentials == null) {
            return null;
        }
        CredentialsProvider.track(run, credentials);
        return credentials.getSecret().getPlainText();
    }
}
