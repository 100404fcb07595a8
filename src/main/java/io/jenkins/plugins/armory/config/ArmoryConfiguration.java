package io.jenkins.plugins.armory.config;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import hudson.BulkChange;
import hudson.Extension;
import hudson.ExtensionList;
import hudson.Util;
import hudson.XmlFile;
import hudson.model.Run;
import io.jenkins.plugins.armory.call.AllowedHosts;
import io.jenkins.plugins.armory.call.Settings;
import io.jenkins.plugins.armory.callback.token.AllowedCallers;
import io.jenkins.plugins.armory.callback.token.TokenVerifier;
import io.jenkins.plugins.armory.config.form.Forms;
import io.jenkins.plugins.armory.config.form.ListField;
import io.jenkins.plugins.armory.config.form.SecretTexts;
import io.jenkins.plugins.armory.config.form.WebhookDefinition;
import io.jenkins.plugins.armory.part.oauth.ClientDefinition;
import io.jenkins.plugins.armory.part.oauth.OAuthClient;
import io.jenkins.plugins.armory.part.oidc.IssuerDefinition;
import io.jenkins.plugins.armory.part.oidc.OutsideIssuer;
import io.jenkins.plugins.armory.part.protect.EnvironmentDefinition;
import io.jenkins.plugins.armory.part.protect.Environments;
import io.jenkins.plugins.armory.part.signature.CallerSecrets;
import io.jenkins.plugins.armory.webhook.Webhook;
import io.jenkins.plugins.armory.webhook.text.Bound;
import java.io.IOException;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.logging.Level;
import java.util.logging.Logger;
import jenkins.model.GlobalConfiguration;
import jenkins.model.JenkinsLocationConfiguration;
import net.sf.json.JSONArray;
import net.sf.json.JSONObject;
import org.jenkinsci.Symbol;
import org.kohsuke.accmod.Restricted;
import org.kohsuke.accmod.restrictions.NoExternalUse;
import org.kohsuke.stapler.DataBoundSetter;
import org.kohsuke.stapler.StaplerRequest2;

/** The settings of administrators: <i>Manage Jenkins » System</i>, or {@code armory:} in Configuration as Code. */
@Extension
@Symbol("armory")
@Restricted(NoExternalUse.class)
public final class ArmoryConfiguration extends GlobalConfiguration
        implements Settings, Environments, ConfigurationForm {

    private static final Logger LOGGER = Logger.getLogger(ArmoryConfiguration.class.getName());

    /** A system property: {@code true} lets webhooks call this machine, as the embedded controller needs it. */
    private static final String ALLOW_LOOPBACK = "io.jenkins.plugins.armory.allowLoopback";

    private static final String CALLBACK_BASE_URL = "callbackBaseUrl";
    private static final String CALLBACK_CREDENTIALS_ID = "callbackCredentialsId";
    private static final String ALLOWED_HOSTS = "allowedHosts";
    private static final String WEBHOOKS = "webhooks";
    private static final String CALLBACK_CLIENTS = "callbackClients";
    private static final String ISSUERS = "issuers";
    private static final String ENVIRONMENTS = "environments";

    private static final Set<String> SETTINGS = Set.of(
            CALLBACK_BASE_URL,
            CALLBACK_CREDENTIALS_ID,
            ALLOWED_HOSTS,
            WEBHOOKS,
            CALLBACK_CLIENTS,
            ISSUERS,
            ENVIRONMENTS);

    /** The fields of which the form sends nothing, or a blank, if they are empty. */
    private static final List<String> LISTS = List.of(ALLOWED_HOSTS, CALLBACK_CLIENTS, ISSUERS, WEBHOOKS, ENVIRONMENTS);

    @CheckForNull
    private String callbackBaseUrl;

    @CheckForNull
    private String callbackCredentialsId;

    private List<String> allowedHosts;
    private List<WebhookDefinition> webhooks;
    private List<ClientDefinition> callbackClients;
    private List<IssuerDefinition> issuers;
    private List<EnvironmentDefinition> environments;

    /** Why the file of the settings could not be read, {@code null} if it was, or if there is none. */
    @CheckForNull
    private transient volatile String problem;

    private final transient SecretTextVerifier secretTexts = new SecretTextVerifier();

    /** The settings that were set since the file was read. */
    private final transient Set<String> given = new HashSet<>();

    /** Reads the settings from the disk. What is not there has its default. */
    public ArmoryConfiguration() {
        allowedHosts = new ArrayList<>();
        webhooks = new ArrayList<>();
        callbackClients = new ArrayList<>();
        issuers = new ArrayList<>();
        environments = new ArrayList<>();
        load();
    }

    public static ArmoryConfiguration get() {
        return ExtensionList.lookupSingleton(ArmoryConfiguration.class);
    }

    /**
     * Reads the settings from the disk. If a part of the file cannot be read, or has a value that the form refuses, {@link
     * #problem} says so and nothing overwrites the file until all settings are set again. The defaults must not apply
     * then, since they let webhooks call every public host.
     */
    @Override
    public synchronized void load() {
        XmlFile file = getConfigFile();
        problem = null;
        given.clear();
        if (Files.notExists(file.getFile().toPath())) {
            return;
        }
        try {
            SettingsFile.read(file, this);
            hosts();
            ListField.checkEach(ENVIRONMENTS, environments, EnvironmentDefinition::checkSaved);
        } catch (IOException | RuntimeException | Error x) { // such as an error of a class
            LOGGER.log(Level.SEVERE, "Cannot read " + file.getFile(), x);
            problem = Messages.ArmoryConfiguration_unreadable(file.getFile(), Forms.mistake(x));
        }
    }

    /** Writes the settings to the disk, unless that would overwrite settings which could not be read. */
    @Override
    public synchronized void save() {
        if (problem == null) {
            super.save();
        }
    }

    /** Writes the settings once one is set. What could not be read may have been any of them, so all have to be set again. */
    private synchronized void save(String setting) {
        given.add(setting);
        if (given.containsAll(SETTINGS)) {
            problem = null;
        }
        save();
    }

    @Override
    public Optional<String> problem() {
        return Optional.ofNullable(problem);
    }

    /**
     * Takes the settings from the form. A request without the part of this plugin changes nothing. After settings that
     * could not be read, a request changes them only if its user asks to replace them, since people save this form for
     * other settings too.
     *
     * <p>A form sends nothing for a field without rows, and a setter that is not called would keep the row that was
     * removed last: a client or issuer would stay trusted. So the setters get an empty list. If one of them refuses its
     * value, all settings stay as they are, and the page says why: the form is tried on a copy first.
     */
    @Override
    public boolean configure(StaplerRequest2 request, JSONObject json) throws FormException {
        boolean replaces = Boolean.TRUE.equals(json.remove("replace"));
        if (json.isEmpty() || (problem != null && !replaces)) {
            return true;
        }
        leaveOutBlanks(json, ALLOWED_HOSTS);
        for (String field : LISTS) {
            if (!json.has(field)) {
                json.put(field, List.of()); // json-lib makes an array of it
            }
        }
        eachRow(json, ISSUERS, issuer -> leaveOutBlanks(issuer, "requiredClaims"));
        eachRow(json, ENVIRONMENTS, environment -> {
            leaveOutBlanks(environment, "credentials", "agents");
            for (String rules : List.of("before", "after")) {
                eachRow(
                        environment,
                        rules,
                        rule -> leaveOutBlanks(rule, "webhook", CALLBACK_CREDENTIALS_ID, "notify", "allowedCallers"));
            }
            eachRow(
                    environment,
                    "windows",
                    window -> leaveOutBlanks(window, "allow", "deny", "from", "lasts", "zone", "reason"));
        });
        var copy = new ArmoryConfiguration();
        try (var ignored = new BulkChange(copy)) {
            copy.bind(request, json);
        } catch (IllegalArgumentException x) {
            throw new FormException(Forms.mistake(x), x, "armory");
        }
        try (var change = new BulkChange(this)) {
            boolean stays = bind(request, json);
            change.commit();
            return stays;
        } catch (IOException x) {
            throw new FormException(x, "armory");
        }
    }

    private boolean bind(StaplerRequest2 request, JSONObject json) throws FormException {
        return super.configure(request, json);
    }

    /** @param field whose form sends an object for the only row */
    private static void eachRow(JSONObject json, String field, Consumer<JSONObject> then) {
        Object rows = json.opt(field);
        if (rows instanceof JSONArray all) {
            for (int i = 0; i < all.size(); i++) {
                then.accept(all.getJSONObject(i));
            }
        } else if (rows instanceof JSONObject row) {
            then.accept(row);
        }
    }

    /** Takes empty fields out of a form or a row. As code, a blank is the value of a variable that is not set, and refused. */
    private static void leaveOutBlanks(JSONObject row, String... fields) {
        for (String field : fields) {
            if (row.optString(field).isBlank()) {
                row.remove(field);
            }
        }
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
        if (problem != null) {
            throw new IllegalStateException(
                    "the settings of webhook approvals cannot be read; Jenkins's log says what to do");
        }
        AllowedHosts hosts = AllowedHosts.of(allowedHosts);
        return Boolean.getBoolean(ALLOW_LOOPBACK) ? hosts.andLoopback() : hosts;
    }

    @Override
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

    /** Returns the clients of {@code oauth/token} with the jobs that they may decide for. */
    public List<ClientDefinition> getCallbackClients() {
        return callbackClients;
    }

    /** @throws IllegalArgumentException naming a client whose secret is too short */
    @DataBoundSetter
    public void setCallbackClients(@CheckForNull List<ClientDefinition> callbackClients) {
        List<ClientDefinition> all = ListField.copy(callbackClients);
        ListField.checkEach(CALLBACK_CLIENTS, all, client -> SecretTexts.require("credentialsId", client.problem()));
        this.callbackClients = all;
        save(CALLBACK_CLIENTS);
    }

    @Override
    public List<OAuthClient> clients() {
        var clients = new LinkedHashMap<String, OAuthClient>();
        for (ClientDefinition each : callbackClients) {
            each.toClient().ifPresent(client -> clients.merge(client.credentialsId(), client, OAuthClient::and));
        }
        return List.copyOf(clients.values());
    }

    /** Returns the outside issuers whose JWTs are accepted, with the jobs that they may decide for. */
    public List<IssuerDefinition> getIssuers() {
        return issuers;
    }

    /** @throws IllegalArgumentException naming a required claim that is blank */
    @DataBoundSetter
    public void setIssuers(@CheckForNull List<IssuerDefinition> issuers) {
        List<IssuerDefinition> all = ListField.copy(issuers);
        ListField.checkEach(ISSUERS, all, IssuerDefinition::checkClaims);
        this.issuers = all;
        save(ISSUERS);
    }

    @Override
    public List<OutsideIssuer> outsideIssuers() {
        return issuers.stream().map(IssuerDefinition::toIssuer).toList();
    }

    @Override
    public List<EnvironmentDefinition> getEnvironments() {
        return environments;
    }

    /** @throws IllegalArgumentException naming the entry and the field that is wrong */
    @DataBoundSetter
    public void setEnvironments(@CheckForNull List<EnvironmentDefinition> environments) {
        List<EnvironmentDefinition> all = ListField.copy(environments);
        Bound.LIST.check(ENVIRONMENTS, all.size());
        ListField.checkEach(ENVIRONMENTS, all, EnvironmentDefinition::check);
        this.environments = all;
        save(ENVIRONMENTS);
    }

    public boolean hasClient(String credentialsId) {
        return clients().stream().anyMatch(client -> client.credentialsId().equals(credentialsId));
    }

    @Override
    public boolean trusts(String id) {
        return id.equals(callbackCredentialsId)
                || callbackClients.stream()
                        .anyMatch(client -> client.getCredentialsId().equals(id));
    }

    /** Returns whether an entry of {@link AllowedCallers} names a listed client, a listed issuer, or a credential. */
    public boolean knowsCaller(String entry) {
        return entry.startsWith(AllowedCallers.CREDENTIALS)
                || issuers.stream()
                        .map(IssuerDefinition::getIssuer)
                        .anyMatch(issuer -> entry.equals(issuer) || entry.startsWith(issuer + ' '))
                || !OAuthClient.named(Set.of(entry), clients()).isEmpty();
    }

    /** Returns whether a credential is that of a client that may not decide for a job. */
    public boolean isClientOfOtherJobs(String credentialsId, String job) {
        return clients().stream()
                .filter(client -> client.credentialsId().equals(credentialsId))
                .anyMatch(client -> !client.jobs().match(job));
    }

    /** Returns whether the Secret text of the settings is there, and is one that may decide rules of environments. */
    public boolean letsSecretTextDecideRules() {
        return callbackCredentialsId != null && SecretTexts.ofRule(callbackCredentialsId) != null;
    }

    /** Returns whether a client or an issuer may decide for a job. */
    public boolean letsSomebodyDecideFor(String job) {
        return clients().stream().anyMatch(client -> client.jobs().match(job))
                || outsideIssuers().stream().anyMatch(issuer -> issuer.jobs().match(job));
    }

    @Override
    public TokenVerifier secretTexts() {
        return secretTexts;
    }

    @Override
    public CallerSecrets callerSecrets() {
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
