package io.jenkins.plugins.armory.config;

import com.cloudbees.plugins.credentials.CredentialsScope;
import hudson.Util;
import hudson.util.FormValidation;
import hudson.util.ListBoxModel;
import io.jenkins.plugins.armory.call.AllowedHosts;
import io.jenkins.plugins.armory.config.form.ListField;
import io.jenkins.plugins.armory.config.form.SecretTexts;
import java.net.URI;
import java.net.URISyntaxException;
import java.util.List;
import jenkins.model.Jenkins;
import jenkins.model.JenkinsLocationConfiguration;
import org.jenkinsci.plugins.plaincredentials.StringCredentials;
import org.kohsuke.accmod.Restricted;
import org.kohsuke.accmod.restrictions.NoExternalUse;
import org.kohsuke.stapler.QueryParameter;
import org.kohsuke.stapler.verb.POST;

/** The methods of the form of {@link ArmoryConfiguration}, which need the permission Overall/Administer. */
@Restricted(NoExternalUse.class)
public interface ConfigurationForm {

    @POST
    default FormValidation doCheckCallbackBaseUrl(@QueryParameter String value) {
        Jenkins.get().checkPermission(Jenkins.ADMINISTER);
        String url = Util.fixEmptyAndTrim(value);
        if (url == null) {
            return JenkinsLocationConfiguration.get().getUrl() != null
                    ? FormValidation.ok()
                    : FormValidation.warning(Messages.ConfigurationForm_noUrl());
        }
        return isBaseUrl(url) ? FormValidation.ok() : FormValidation.error(Messages.ConfigurationForm_url());
    }

    /** Returns whether a path can be appended to this address, and a request be sent there. */
    static boolean isBaseUrl(String url) {
        try {
            URI uri = new URI(url);
            boolean http = "http".equalsIgnoreCase(uri.getScheme()) || "https".equalsIgnoreCase(uri.getScheme());
            return http
                    && uri.getHost() != null
                    && uri.getRawUserInfo() == null
                    && uri.getRawQuery() == null
                    && uri.getRawFragment() == null;
        } catch (URISyntaxException x) {
            return false;
        }
    }

    @POST
    default FormValidation doCheckAllowedHosts(@QueryParameter String value) {
        Jenkins.get().checkPermission(Jenkins.ADMINISTER);
        try {
            AllowedHosts.of(ListField.words(List.of(value)));
            return FormValidation.ok();
        } catch (IllegalArgumentException x) {
            return FormValidation.error(x.getMessage());
        }
    }

    @POST
    default FormValidation doCheckCallbackCredentialsId(@QueryParameter String value) {
        Jenkins.get().checkPermission(Jenkins.ADMINISTER);
        String id = Util.fixEmptyAndTrim(value);
        if (id == null) {
            return FormValidation.ok();
        }
        StringCredentials credentials = SecretTexts.ofJenkins(id);
        if (credentials == null) {
            return FormValidation.error(Messages.ConfigurationForm_noSecretText());
        }
        String problem = SecretTexts.problem(id).orElse(null);
        if (problem != null) {
            return FormValidation.error(problem);
        }
        return credentials.getScope() == CredentialsScope.SYSTEM
                ? FormValidation.ok()
                : FormValidation.warning(Messages.ConfigurationForm_notSystem());
    }

    @POST
    default ListBoxModel doFillCallbackCredentialsIdItems(@QueryParameter String callbackCredentialsId) {
        return SecretTexts.items(null, callbackCredentialsId);
    }
}
