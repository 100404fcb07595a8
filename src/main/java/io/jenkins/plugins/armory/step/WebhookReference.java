package io.jenkins.plugins.armory.step;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import hudson.AbortException;
import hudson.FilePath;
import hudson.model.Job;
import hudson.model.Run;
import io.jenkins.plugins.armory.approval.OutgoingCalls;
import io.jenkins.plugins.armory.config.Webhooks;
import io.jenkins.plugins.armory.webhook.DeploymentFile;
import io.jenkins.plugins.armory.webhook.InvalidWebhookException;
import io.jenkins.plugins.armory.webhook.Variables;
import io.jenkins.plugins.armory.webhook.Webhook;
import java.io.IOException;
import java.io.InputStream;
import java.io.Serializable;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.jenkinsci.plugins.workflow.steps.StepContext;

/**
 * Where a step's webhook comes from. A name is looked for in the deployment file, if there is one, on the job's folders from
 * the inside, and in the settings, and the nearest wins.
 *
 * <p>What is in the workspace may be a stranger's, such as a fork's whose pull request is built. So a deployment file replaces no
 * webhook of a folder or of the settings, and templates of the workspace have no secret but those that the step lists.
 */
final class WebhookReference implements Serializable {

    private static final long serialVersionUID = 2L;

    @CheckForNull
    private final String name;

    @CheckForNull
    private final Webhook inline;

    private final LinkedHashMap<String, String> context;

    @CheckForNull
    private final String configFile;

    /** What the step says of cancelling, {@code null} for what the webhook's definition says. */
    @CheckForNull
    private final Webhook.Cancel cancel;

    /** Ids of the Secret texts that templates of the workspace may use. */
    private final ArrayList<String> secrets;

    private WebhookReference(
            @CheckForNull String name,
            @CheckForNull Webhook inline,
            Map<String, String> context,
            @CheckForNull String configFile,
            @CheckForNull Webhook.Cancel cancel,
            List<String> secrets) {
        this.cancel = cancel;
        this.secrets = new ArrayList<>(secrets);
        this.name = name;
        this.inline = inline;
        this.context = new LinkedHashMap<>(context);
        this.configFile = configFile;
    }

    /** To a webhook that is defined in the step itself. */
    static WebhookReference to(Webhook inline, @CheckForNull String configFile) {
        return new WebhookReference(null, inline, inline.context(), configFile, null, List.of());
    }

    /** To one that is defined elsewhere. */
    static WebhookReference to(String name, Map<String, String> context, @CheckForNull String configFile) {
        return new WebhookReference(name, null, context, configFile, null, List.of());
    }

    /** The same with what the step says of cancelling, {@code null} for what the webhook's definition says. */
    WebhookReference cancelledBy(@CheckForNull Webhook.Cancel newCancel) {
        return new WebhookReference(name, inline, context, configFile, newCancel, secrets);
    }

    /** The same, whose templates of the workspace may use the Secret texts of those ids. */
    WebhookReference withSecretsForFiles(List<String> ids) {
        return new WebhookReference(name, inline, context, configFile, cancel, ids);
    }

    /** What people know the webhook by. */
    String name() {
        return inline == null ? String.valueOf(name) : inline.name();
    }

    /** Returns whether all of it stands in the step, so that nothing has to be looked up or read. */
    boolean isInline() {
        Webhook.Cancel wanted = inline == null || cancel != null ? cancel : inline.cancel();
        return inline != null
                && configFile == null
                && inline.bodyPath() == null
                && (wanted == null || wanted.inline() != null && wanted.inline().bodyPath() == null);
    }

    /**
     * Reads what there is to read. Waits for files on agents, so it is for a thread that may.
     *
     * @param environment the name of the target in a deployment file
     * @throws AbortException naming the parameter and what to put there
     */
    OutgoingCalls resolve(StepContext stepContext, @CheckForNull String environment)
            throws IOException, InterruptedException {
        DeploymentFile file = configFile == null ? null : deploymentFile(stepContext, configFile);
        Webhook webhook = withBody(stepContext, inline == null ? named(stepContext, file, "webhook", name()) : inline);
        Webhook toCancel = cancelOf(stepContext, webhook, file);
        // The deployment's context is for all, the webhook's own for wherever it runs, the step's for this one run.
        Map<String, String> all = new LinkedHashMap<>();
        if (file != null) {
            all.putAll(file.context());
        }
        if (toCancel != null) {
            all.putAll(toCancel.context());
        }
        all.putAll(webhook.context());
        all.putAll(context);
        DeploymentFile.Target target =
                file == null ? null : file.target(environment).orElse(null);
        return new OutgoingCalls(
                webhook.withoutCancel(),
                toCancel,
                all,
                target == null ? null : target.account(),
                target == null ? null : target.namespace());
    }

    @CheckForNull
    private Webhook cancelOf(StepContext stepContext, Webhook webhook, @CheckForNull DeploymentFile file)
            throws IOException, InterruptedException {
        Webhook.Cancel wanted = cancel == null ? webhook.cancel() : cancel;
        if (wanted == null) {
            return null;
        }
        Webhook inline = wanted.inline();
        Webhook found = inline != null
                ? inline.onTheWayOf(webhook)
                : named(stepContext, file, "cancel", String.valueOf(wanted.name()));
        return withBody(stepContext, found).asCancel();
    }

    private Webhook withBody(StepContext stepContext, Webhook webhook) throws IOException, InterruptedException {
        if (webhook.bodyPath() == null) {
            return webhook;
        }
        String template = read(stepContext, "bodyTemplate", webhook.bodyPath());
        checkSecrets(webhook.bodyPath() + ":", Variables.secretsIn(template));
        try {
            return webhook.withBody(template);
        } catch (InvalidWebhookException x) {
            throw new AbortException(webhook.bodyPath() + ": " + x.getMessage());
        }
    }

    /** @param parameter of the step, or field of the definition, that has the name */
    private Webhook named(StepContext stepContext, @CheckForNull DeploymentFile file, String parameter, String name)
            throws IOException, InterruptedException {
        Job<?, ?> job = stepContext.get(Run.class).getParent();
        Webhook inFile = file == null ? null : file.webhooks().get(name);
        if (inFile != null) {
            String place = Webhooks.placeOf(job, name).orElse(null);
            if (place != null) {
                throw new AbortException(parameter + ": \"" + name + "\" is defined in " + configFile + " and " + place
                        + ", and a file of the workspace cannot replace it; give it another name in " + configFile
                        + ", or leave configFile out");
            }
            checkSecrets(configFile + ": webhook '" + name + "'", inFile.secrets());
            return inFile;
        }
        Webhook inJenkins = Webhooks.find(job, name).orElse(null);
        if (inJenkins != null) {
            return inJenkins;
        }
        TreeSet<String> known = Webhooks.names(job);
        if (file != null) {
            known.addAll(file.webhooks().keySet());
        }
        throw new AbortException(parameter + ": there is no webhook \"" + name + "\"; "
                + (known.isEmpty() ? "none is defined" : "known are " + String.join(", ", known)));
    }

    /** @param where what of the workspace uses the secrets */
    private void checkSecrets(String where, Set<String> used) throws AbortException {
        for (String id : used) {
            if (!secrets.contains(id)) {
                throw new AbortException(
                        where + " uses {{secrets." + id + "}}, which the step does not list; if that file may"
                                + " send it, say secrets: ['" + id + "'] in the step");
            }
        }
    }

    private static DeploymentFile deploymentFile(StepContext stepContext, String path)
            throws IOException, InterruptedException {
        try {
            return DeploymentFile.parse(path, read(stepContext, "configFile", path));
        } catch (DeploymentFile.InvalidException x) {
            throw new AbortException("configFile: " + path + " cannot be used:\n" + x.getMessage());
        }
    }

    private static String read(StepContext stepContext, String parameter, String path)
            throws IOException, InterruptedException {
        FilePath workspace = stepContext.get(FilePath.class);
        if (workspace == null) {
            throw new AbortException(
                    parameter + ": " + path + " is a file in the workspace, and there is none here; put the"
                            + " step into a node block, or give the stage an agent");
        }
        FilePath file = workspace.child(path);
        if (!file.exists()) {
            throw new AbortException(
                    parameter + ": there is no file " + path + " in the workspace; check it out first");
        }
        byte[] bytes;
        try (InputStream in = file.read()) {
            bytes = in.readNBytes(DeploymentFile.MAX_LENGTH + 1);
        }
        if (bytes.length > DeploymentFile.MAX_LENGTH) {
            throw new AbortException(
                    parameter + ": " + path + " is larger than " + DeploymentFile.MAX_LENGTH + " bytes");
        }
        try {
            return StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(bytes))
                    .toString();
        } catch (CharacterCodingException x) {
            throw new AbortException(parameter + ": " + path + " is not in UTF-8");
        }
    }
}
