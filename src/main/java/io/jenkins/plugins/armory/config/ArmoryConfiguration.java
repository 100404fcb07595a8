package io.jenkins.plugins.armory.config;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import hudson.Extension;
import hudson.ExtensionList;
import hudson.Util;
import hudson.model.Run;
import io.jenkins.plugins.armory.call.AllowedHosts;
import io.jenkins.plugins.armory.call.Settings;
import io.jenkins.plugins.armory.callback.token.CallerSecrets;
import io.jenkins.plugins.armory.callback.token.ListedCallers;
import io.jenkins.plugins.armory.config.form.ListField;
import io.jenkins.plugins.armory.config.form.SecretTexts;
import io.jenkins.plugins.armory.config.form.WebhookDefinition;
import io.jenkins.plugins.armory.webhook.Webhook;
import io.jenkins.plugins.armory.webhook.text.Bound;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import jenkins.model.JenkinsLocationConfiguration;
import net.sf.json.JSONObject;
import org.jenkinsci.Symbol;
import org.jenkinsci.plugins.plaincredentials.StringCredentials;
import org.kohsuke.accmod.Restricted;
import org.kohsuke.accmod.restrictions.NoExternalUse;
import org.kohsuke.stapler.DataBoundSetter;

/**
 * The section {@code armory} of the settings: where callers reach Jenkins, a Secret text that may call back, the hosts
 * that may be called, and webhooks for all jobs.
 */
@Extension(ordinal = 0.4) // the sections of the parts follow it on the page
@Symbol("armory")
@Restricted(NoExternalUse.class)
public final class ArmoryConfiguration extends SettingsSection implements Settings, ConfigurationForm {

    /** A system property: {@code true} lets webhooks call this machine, as the embedded controller needs it. */
    private static final String ALLOW_LOOPBACK = "io.jenkins.plugins.armory.allowLoopback";

    private static final String CALLBACK_BASE_URL = "callbackBaseUrl";
    private static final String CALLBACK_CREDENTIALS_ID = "callbackCredentialsId";
    private static final String ALLOWED_HOSTS = "allowedHosts";
    private static final String WEBHOOKS = "webhooks";

    @CheckForNull
    private String callbackBaseUrl;

    @CheckForNull
    private String callbackCredentialsId;

    private List<String> allowedHosts;
    private List<WebhookDefinition> webhooks;

    private final transient SecretTextVerifier secretTexts = new SecretTextVerifier();

    /** Reads the settings from the disk. What is not there has its default. */
    public ArmoryConfiguration() {
        super(
                "armory",
                Set.of(CALLBACK_BASE_URL, CALLBACK_CREDENTIALS_ID, ALLOWED_HOSTS, WEBHOOKS),
                List.of(ALLOWED_HOSTS, WEBHOOKS));
        allowedHosts = new ArrayList<>();
        webhooks = new ArrayList<>();
        load();
    }

    public static ArmoryConfiguration get() {
        return ExtensionList.lookupSingleton(ArmoryConfiguration.class);
    }

    @Override
    protected SettingsSection copy() {
        return new ArmoryConfiguration();
    }

    @Override
    protected void checkRead() {
        AllowedHosts.of(allowedHosts);
    }

    @Override
    protected void leaveOutBlanks(JSONObject form) {
        leaveOutBlanks(form, ALLOWED_HOSTS);
    }

    /** Returns why a section of the settings is not known. */
    @Override
    public Optional<String> problem() {
        return sections().stream()
                .map(SettingsSection::getFault)
                .filter(Objects::nonNull)
                .findFirst();
    }

    @Override
    public List<Reference> references() {
        String id = callbackCredentialsId;
        return id == null
                ? List.of()
                : List.of(new Reference(CALLBACK_CREDENTIALS_ID, id, () -> {
                    StringCredentials found = SecretTexts.ofJenkins(id);
                    return found == null
                            ? Optional.of(Messages.ArmoryConfiguration_noSecretText(id))
                            : SecretTexts.tooShort(id, found.getSecret().getPlainText());
                }));
    }

    /** Returns the address at which callers reach Jenkins, {@code null} for the Jenkins URL. */
    @CheckForNull
    public String getCallbackBaseUrl() {
        return callbackBaseUrl;
    }

    /** @throws IllegalArgumentException if it cannot be the beginning of an address */
    @DataBoundSetter
    public void setCallbackBaseUrl(@CheckForNull String callbackBaseUrl) {
        String url = Util.fixEmptyAndTrim(callbackBaseUrl);
        Bound.LINE.check(CALLBACK_BASE_URL, url);
        if (url != null && !ConfigurationForm.isBaseUrl(url)) {
            throw new IllegalArgumentException(CALLBACK_BASE_URL + ": " + Messages.ConfigurationForm_url());
        }
        this.callbackBaseUrl = url;
        save(CALLBACK_BASE_URL);
    }

    /** Returns the id of the Secret text credential that may decide approvals whose step names none. */
    @CheckForNull
    public String getCallbackCredentialsId() {
        return callbackCredentialsId;
    }

    /** @throws IllegalArgumentException if the secret is too short */
    @DataBoundSetter
    public void setCallbackCredentialsId(@CheckForNull String callbackCredentialsId) {
        String id = Util.fixEmptyAndTrim(callbackCredentialsId);
        Bound.LINE.check(CALLBACK_CREDENTIALS_ID, id);
        SecretTexts.require(CALLBACK_CREDENTIALS_ID, SecretTexts.problem(id));
        this.callbackCredentialsId = id;
        save(CALLBACK_CREDENTIALS_ID);
    }

    public List<String> getAllowedHosts() {
        return allowedHosts;
    }

    /**
     * @param allowedHosts texts with one or more entries, separated by white space or commas, as the form sends them
     * @throws IllegalArgumentException naming an entry that is wrong
     */
    @DataBoundSetter
    public void setAllowedHosts(@CheckForNull List<String> allowedHosts) {
        ListField.checkNoneBlank(ALLOWED_HOSTS, allowedHosts);
        List<String> entries = ListField.words(allowedHosts);
        AllowedHosts.of(entries);
        this.allowedHosts = new ArrayList<>(entries);
        save(ALLOWED_HOSTS);
    }

    public String getAllowedHostsText() {
        return String.join("\n", allowedHosts);
    }

    @Override
    public AllowedHosts hosts() {
        if (problem().isPresent()) {
            throw new IllegalStateException(
                    "the settings of webhook approvals cannot be read; Jenkins's log says what to do");
        }
        AllowedHosts hosts = AllowedHosts.of(allowedHosts);
        return Boolean.getBoolean(ALLOW_LOOPBACK) ? hosts.andLoopback() : hosts;
    }

    public List<WebhookDefinition> getWebhooks() {
        return webhooks;
    }

    @Override
    public Map<String, Webhook> webhooks() {
        return WebhookDefinition.checked(webhooks);
    }

    /** @throws IllegalArgumentException naming the definition and the field that is wrong */
    @DataBoundSetter
    public void setWebhooks(@CheckForNull List<WebhookDefinition> webhooks) {
        List<WebhookDefinition> all = ListField.copy(webhooks);
        WebhookDefinition.checked(all);
        this.webhooks = all;
        save(WEBHOOKS);
    }

    @Override
    public boolean trusts(String id) {
        return id.equals(callbackCredentialsId)
                || ExtensionList.lookup(ListedCallers.class).stream()
                        .flatMap(callers -> callers.entries().stream())
                        .anyMatch(caller -> id.equals(caller.credentialsId()));
    }

    /** Returns whether the Secret text of the settings is there, and is one that may decide rules of environments. */
    public boolean letsSecretTextDecideRules() {
        return callbackCredentialsId != null && SecretTexts.ofRule(callbackCredentialsId) != null;
    }

    @Override
    public CallerSecrets secretTexts() {
        return secretTexts;
    }

    @Override
    public Credentials credentials(Run<?, ?> run, boolean isRule) {
        return new BuildCredentials(run, isRule);
    }

    @Override
    public String rootActionUrl() {
        String base = callbackBaseUrl != null
                ? callbackBaseUrl
                : JenkinsLocationConfiguration.get().getUrl();
        if (base == null) {
            throw new IllegalStateException("Jenkins does not know the address that callbacks should go to: set the"
                    + " Jenkins URL, or the callback base URL, in Manage Jenkins » System");
        }
        return (base.endsWith("/") ? base : base + '/') + "armory/";
    }
}
