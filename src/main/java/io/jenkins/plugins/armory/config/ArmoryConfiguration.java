package io.jenkins.plugins.armory.config;

import com.cloudbees.plugins.credentials.CredentialsProvider;
import com.cloudbees.plugins.credentials.CredentialsScope;
import edu.umd.cs.findbugs.annotations.CheckForNull;
import hudson.Extension;
import hudson.ExtensionList;
import hudson.Util;
import hudson.model.Run;
import hudson.util.FormValidation;
import hudson.util.ListBoxModel;
import io.jenkins.plugins.armory.callback.oauth.CallbackClient;
import io.jenkins.plugins.armory.callback.oidc.OutsideIssuer;
import io.jenkins.plugins.armory.callback.token.AllowedCallers;
import io.jenkins.plugins.armory.callback.token.TokenVerifier;
import io.jenkins.plugins.armory.http.AllowedHosts;
import io.jenkins.plugins.armory.runtime.Settings;
import java.net.URI;
import java.net.URISyntaxException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import jenkins.model.GlobalConfiguration;
import jenkins.model.Jenkins;
import jenkins.model.JenkinsLocationConfiguration;
import org.jenkinsci.Symbol;
import org.jenkinsci.plugins.plaincredentials.StringCredentials;
import org.kohsuke.accmod.Restricted;
import org.kohsuke.accmod.restrictions.NoExternalUse;
import org.kohsuke.stapler.DataBoundSetter;
import org.kohsuke.stapler.QueryParameter;
import org.kohsuke.stapler.verb.POST;

/** What an administrator sets for all webhook approvals: <i>Manage Jenkins » System</i>, or {@code armory:} in JCasC. */
@Extension
@Symbol("armory")
@Restricted(NoExternalUse.class)
public final class ArmoryConfiguration extends GlobalConfiguration implements Settings {

    /** System property of the controller: {@code true} lets webhooks call the machine itself, for trying things out. */
    private static final String ALLOW_LOOPBACK = "io.jenkins.plugins.armory.allowLoopback";
    /** As Armory's tokens have it. */
    static final int DEFAULT_TOKEN_LIFETIME_SECONDS = 86_400;

    private static final int SHORTEST_TOKEN_LIFETIME_SECONDS = 60;
    private static final int LONGEST_TOKEN_LIFETIME_SECONDS = 30 * 86_400;

    private static final String WRONG_LIFETIME = "The lifetime of a token is between " + SHORTEST_TOKEN_LIFETIME_SECONDS
            + " and " + LONGEST_TOKEN_LIFETIME_SECONDS + " seconds; " + DEFAULT_TOKEN_LIFETIME_SECONDS + " is a day.";

    @CheckForNull
    private String callbackBaseUrl;

    @CheckForNull
    private String callbackCredentialsId;

    private List<String> allowedHosts = new ArrayList<>();
    private List<WebhookDefinition> webhooks = new ArrayList<>();
    private List<ListedClient> callbackClients = new ArrayList<>();
    private List<ListedIssuer> issuers = new ArrayList<>();
    private int tokenLifetimeSeconds = DEFAULT_TOKEN_LIFETIME_SECONDS;

    public ArmoryConfiguration() {
        load();
    }

    public static ArmoryConfiguration get() {
        return ExtensionList.lookupSingleton(ArmoryConfiguration.class);
    }

    /** Where callers reach Jenkins, when that is not the Jenkins URL; {@code null} when it is. */
    @CheckForNull
    public String getCallbackBaseUrl() {
        return callbackBaseUrl;
    }

    @DataBoundSetter
    public void setCallbackBaseUrl(@CheckForNull String callbackBaseUrl) {
        this.callbackBaseUrl = Util.fixEmptyAndTrim(callbackBaseUrl);
        save();
    }

    /** Id of the Secret text credential that may decide approvals whose step names none. */
    @CheckForNull
    public String getCallbackCredentialsId() {
        return callbackCredentialsId;
    }

    @DataBoundSetter
    public void setCallbackCredentialsId(@CheckForNull String callbackCredentialsId) {
        this.callbackCredentialsId = Util.fixEmptyAndTrim(callbackCredentialsId);
        save();
    }

    /** The hosts that webhooks may call, see {@link AllowedHosts}. */
    public List<String> getAllowedHosts() {
        return allowedHosts;
    }

    /**
     * @param allowedHosts entries, of which one text may hold several, as a form has them: in lines, or with commas between
     * @throws IllegalArgumentException when one is no entry, naming it
     */
    @DataBoundSetter
    public void setAllowedHosts(@CheckForNull List<String> allowedHosts) {
        List<String> entries = entries(allowedHosts == null ? List.of() : allowedHosts);
        AllowedHosts.of(entries);
        this.allowedHosts = entries;
        save();
    }

    private static List<String> entries(List<String> texts) {
        List<String> entries = new ArrayList<>();
        for (String text : texts) {
            for (String entry : text.split("[\\s,]+")) {
                if (!entry.isEmpty()) {
                    entries.add(entry);
                }
            }
        }
        return entries;
    }

    /** {@link #getAllowedHosts} as a form shows it: an entry a line. */
    public String getAllowedHostsText() {
        return String.join("\n", allowedHosts);
    }

    @Override
    public AllowedHosts hosts() {
        AllowedHosts hosts = AllowedHosts.of(allowedHosts);
        return Boolean.getBoolean(ALLOW_LOOPBACK) ? hosts.andLoopback() : hosts;
    }

    /** The webhooks that all jobs may run by name. */
    public List<WebhookDefinition> getWebhooks() {
        return webhooks;
    }

    /** @throws IllegalArgumentException naming the definition, the field and what to put there */
    @DataBoundSetter
    public void setWebhooks(@CheckForNull List<WebhookDefinition> webhooks) {
        List<WebhookDefinition> all = webhooks == null ? new ArrayList<>() : new ArrayList<>(webhooks);
        WebhookDefinition.checked(all);
        this.webhooks = all;
        save();
    }

    /** The clients of {@code oauth/token}, and what each may decide for. */
    public List<ListedClient> getCallbackClients() {
        return callbackClients;
    }

    @DataBoundSetter
    public void setCallbackClients(@CheckForNull List<ListedClient> callbackClients) {
        this.callbackClients = callbackClients == null ? new ArrayList<>() : new ArrayList<>(callbackClients);
        save();
    }

    @Override
    public List<CallbackClient> clients() {
        return callbackClients.stream()
                .flatMap(each -> each.toClient().stream())
                .toList();
    }

    /** The outside issuers whose JWTs count, and what each may decide for. */
    public List<ListedIssuer> getIssuers() {
        return issuers;
    }

    @DataBoundSetter
    public void setIssuers(@CheckForNull List<ListedIssuer> issuers) {
        this.issuers = issuers == null ? new ArrayList<>() : new ArrayList<>(issuers);
        save();
    }

    @Override
    public List<OutsideIssuer> outsideIssuers() {
        return issuers.stream().map(ListedIssuer::toIssuer).toList();
    }

    /** Whether the credential of that id is the one of a client. */
    public boolean hasClient(String credentialsId) {
        return clients().stream().anyMatch(client -> client.credentialsId().equals(credentialsId));
    }

    /** Whether callbacks are trusted for the credential of that id: the Secret text, or that of a client. */
    boolean trusts(String id) {
        return id.equals(callbackCredentialsId)
                || callbackClients.stream()
                        .anyMatch(client -> client.getCredentialsId().equals(id));
    }

    /** Whether an entry of {@link AllowedCallers} names somebody who is listed here, or a credential. */
    public boolean knowsCaller(String entry) {
        return entry.startsWith(AllowedCallers.CREDENTIALS)
                || clients().stream().anyMatch(client -> client.id().equals(entry))
                || issuers.stream()
                        .map(ListedIssuer::getIssuer)
                        .anyMatch(issuer -> entry.equals(issuer) || entry.startsWith(issuer + ' '));
    }

    /** Whether a client or an issuer is listed with that job. */
    public boolean letsSomebodyDecideFor(String job) {
        return clients().stream().anyMatch(client -> client.jobs().match(job))
                || outsideIssuers().stream().anyMatch(issuer -> issuer.jobs().match(job));
    }

    /** How long a token of {@code oauth/token} is valid, in seconds. */
    public int getTokenLifetimeSeconds() {
        return tokenLifetimeSeconds;
    }

    /**
     * @param tokenLifetimeSeconds for tokens issued from now on; 0 for the default
     * @throws IllegalArgumentException when it is shorter than a minute or longer than thirty days
     */
    @DataBoundSetter
    public void setTokenLifetimeSeconds(int tokenLifetimeSeconds) {
        if (tokenLifetimeSeconds != 0
                && (tokenLifetimeSeconds < SHORTEST_TOKEN_LIFETIME_SECONDS
                        || tokenLifetimeSeconds > LONGEST_TOKEN_LIFETIME_SECONDS)) {
            throw new IllegalArgumentException(WRONG_LIFETIME);
        }
        this.tokenLifetimeSeconds = tokenLifetimeSeconds == 0 ? DEFAULT_TOKEN_LIFETIME_SECONDS : tokenLifetimeSeconds;
        save();
    }

    @Override
    public Duration tokenLifetime() {
        return Duration.ofSeconds(tokenLifetimeSeconds);
    }

    @Override
    public TokenVerifier secretTexts() {
        return new SecretTextVerifier();
    }

    @Override
    @CheckForNull
    public String secret(String id, Run<?, ?> run) {
        StringCredentials credentials = SecretTexts.forTemplate(id, run);
        if (credentials == null) {
            return null;
        }
        CredentialsProvider.track(run, credentials);
        return credentials.getSecret().getPlainText();
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

    @POST
    public FormValidation doCheckCallbackBaseUrl(@QueryParameter String value) {
        Jenkins.get().checkPermission(Jenkins.ADMINISTER);
        String url = Util.fixEmptyAndTrim(value);
        if (url == null) {
            return JenkinsLocationConfiguration.get().getUrl() != null
                    ? FormValidation.ok()
                    : FormValidation.warning("The Jenkins URL is not set, so an address is needed here or there.");
        }
        try {
            URI uri = new URI(url);
            boolean http = "http".equalsIgnoreCase(uri.getScheme()) || "https".equalsIgnoreCase(uri.getScheme());
            return http && uri.getHost() != null
                    ? FormValidation.ok()
                    : FormValidation.error("Write it as https://jenkins.example.com/");
        } catch (URISyntaxException x) {
            return FormValidation.error("This is not an address. Write it as https://jenkins.example.com/");
        }
    }

    @POST
    public FormValidation doCheckAllowedHosts(@QueryParameter String value) {
        Jenkins.get().checkPermission(Jenkins.ADMINISTER);
        try {
            AllowedHosts.of(entries(List.of(value)));
            return FormValidation.ok();
        } catch (IllegalArgumentException x) {
            return FormValidation.error(x.getMessage());
        }
    }

    @POST
    public FormValidation doCheckCallbackCredentialsId(@QueryParameter String value) {
        Jenkins.get().checkPermission(Jenkins.ADMINISTER);
        String id = Util.fixEmptyAndTrim(value);
        if (id == null) {
            return FormValidation.ok();
        }
        StringCredentials credentials = SecretTexts.ofJenkins(id);
        if (credentials == null) {
            return FormValidation.error("There is no Secret text credential of this id in Jenkins itself.");
        }
        return credentials.getScope() == CredentialsScope.SYSTEM
                ? FormValidation.ok()
                : FormValidation.warning(
                        "Every job can read this credential with withCredentials, and decide for other jobs with"
                                + " it. Give it the scope System.");
    }

    @POST
    public ListBoxModel doFillCallbackCredentialsIdItems(@QueryParameter String callbackCredentialsId) {
        return SecretTexts.items(null, callbackCredentialsId);
    }

    @POST
    public FormValidation doCheckTokenLifetimeSeconds(@QueryParameter String value) {
        Jenkins.get().checkPermission(Jenkins.ADMINISTER);
        String text = Util.fixEmptyAndTrim(value);
        try {
            int seconds = text == null ? 0 : Integer.parseInt(text);
            return seconds == 0
                            || seconds >= SHORTEST_TOKEN_LIFETIME_SECONDS && seconds <= LONGEST_TOKEN_LIFETIME_SECONDS
                    ? FormValidation.ok()
                    : FormValidation.error(WRONG_LIFETIME);
        } catch (NumberFormatException x) {
            return FormValidation.error(WRONG_LIFETIME);
        }
    }
}
