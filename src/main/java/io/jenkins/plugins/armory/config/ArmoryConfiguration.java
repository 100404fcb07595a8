package io.jenkins.plugins.armory.config;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import hudson.Extension;
import hudson.ExtensionList;
import hudson.Util;
import hudson.util.FormValidation;
import hudson.util.ListBoxModel;
import java.net.URI;
import java.net.URISyntaxException;
import jenkins.model.GlobalConfiguration;
import jenkins.model.Jenkins;
import jenkins.model.JenkinsLocationConfiguration;
import org.jenkinsci.Symbol;
import org.kohsuke.stapler.DataBoundSetter;
import org.kohsuke.stapler.QueryParameter;
import org.kohsuke.stapler.verb.POST;

/** What an administrator sets for all webhook approvals: <i>Manage Jenkins » System</i>, or {@code armory:} in JCasC. */
@Extension
@Symbol("armory")
public final class ArmoryConfiguration extends GlobalConfiguration {

    @CheckForNull
    private String callbackBaseUrl;

    @CheckForNull
    private String callbackCredentialsId;

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

    /**
     * The address of the root action as callers see it, with a slash at its end.
     *
     * @throws IllegalStateException when Jenkins does not know its address
     */
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
    public ListBoxModel doFillCallbackCredentialsIdItems(@QueryParameter String callbackCredentialsId) {
        return SecretTexts.items(null, callbackCredentialsId);
    }
}
