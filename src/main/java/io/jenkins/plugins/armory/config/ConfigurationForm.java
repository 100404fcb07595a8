package io.jenkins.plugins.armory.config;

import com.cloudbees.plugins.credentials.CredentialsScope;
import edu.umd.cs.findbugs.annotations.CheckForNull;
import hudson.Util;
import hudson.util.FormValidation;
import io.jenkins.plugins.armory.http.AllowedHosts;
import java.net.URI;
import java.net.URISyntaxException;
import java.util.List;
import jenkins.model.Jenkins;
import jenkins.model.JenkinsLocationConfiguration;
import org.jenkinsci.plugins.plaincredentials.StringCredentials;

/** Checks of the fields of {@link ArmoryConfiguration}. Those of forms need the permission Overall/Administer. */
final class ConfigurationForm {

    private static final int SHORTEST_TOKEN_LIFETIME_SECONDS = 60;
    private static final int LONGEST_TOKEN_LIFETIME_SECONDS = 30 * 86_400;

    static final int DEFAULT_HISTORY_MONTHS = 24;
    private static final int LONGEST_HISTORY_MONTHS = 1200;

    private ConfigurationForm() {}

    static FormValidation checkCallbackBaseUrl(@CheckForNull String value) {
        Jenkins.get().checkPermission(Jenkins.ADMINISTER);
        String url = Util.fixEmptyAndTrim(value);
        if (url == null) {
            return JenkinsLocationConfiguration.get().getUrl() != null
                    ? FormValidation.ok()
                    : FormValidation.warning(Messages.ConfigurationForm_noUrl());
        }
        try {
            URI uri = new URI(url);
            boolean http = "http".equalsIgnoreCase(uri.getScheme()) || "https".equalsIgnoreCase(uri.getScheme());
            return http && uri.getHost() != null
                    ? FormValidation.ok()
                    : FormValidation.error(Messages.ConfigurationForm_url());
        } catch (URISyntaxException x) {
            return FormValidation.error(Messages.ConfigurationForm_url());
        }
    }

    static FormValidation checkAllowedHosts(String value) {
        Jenkins.get().checkPermission(Jenkins.ADMINISTER);
        try {
            AllowedHosts.of(Lines.words(List.of(value)));
            return FormValidation.ok();
        } catch (IllegalArgumentException x) {
            return FormValidation.error(x.getMessage());
        }
    }

    static FormValidation checkCallbackCredentialsId(@CheckForNull String value) {
        Jenkins.get().checkPermission(Jenkins.ADMINISTER);
        String id = Util.fixEmptyAndTrim(value);
        if (id == null) {
            return FormValidation.ok();
        }
        StringCredentials credentials = SecretTexts.ofJenkins(id);
        if (credentials == null) {
            return FormValidation.error(Messages.ConfigurationForm_noSecretText());
        }
        return credentials.getScope() == CredentialsScope.SYSTEM
                ? FormValidation.ok()
                : FormValidation.warning(Messages.ConfigurationForm_notSystem());
    }

    private static String wrongLifetime() {
        return Messages.ConfigurationForm_tokenLifetime(
                String.valueOf(SHORTEST_TOKEN_LIFETIME_SECONDS),
                String.valueOf(LONGEST_TOKEN_LIFETIME_SECONDS),
                String.valueOf(ArmoryConfiguration.DEFAULT_TOKEN_LIFETIME_SECONDS));
    }

    private static String wrongHistoryMonths() {
        return Messages.ConfigurationForm_historyMonths(
                String.valueOf(LONGEST_HISTORY_MONTHS), String.valueOf(DEFAULT_HISTORY_MONTHS));
    }

    /** @throws IllegalArgumentException naming the shortest and the longest lifetime */
    static void requireTokenLifetime(int seconds) {
        if (seconds != 0 && (seconds < SHORTEST_TOKEN_LIFETIME_SECONDS || seconds > LONGEST_TOKEN_LIFETIME_SECONDS)) {
            throw new IllegalArgumentException(wrongLifetime());
        }
    }

    static FormValidation checkTokenLifetimeSeconds(@CheckForNull String value) {
        Jenkins.get().checkPermission(Jenkins.ADMINISTER);
        String text = Util.fixEmptyAndTrim(value);
        try {
            requireTokenLifetime(text == null ? 0 : Integer.parseInt(text));
            return FormValidation.ok();
        } catch (IllegalArgumentException x) { // NumberFormatException is one
            return FormValidation.error(wrongLifetime());
        }
    }

    /** @throws IllegalArgumentException naming the smallest and the largest number */
    static void requireHistoryMonths(int months) {
        if (months < 0 || months > LONGEST_HISTORY_MONTHS) {
            throw new IllegalArgumentException(wrongHistoryMonths());
        }
    }

    static FormValidation checkHistoryMonths(@CheckForNull String value) {
        Jenkins.get().checkPermission(Jenkins.ADMINISTER);
        String text = Util.fixEmptyAndTrim(value);
        try {
            requireHistoryMonths(text == null ? 0 : Integer.parseInt(text));
            return FormValidation.ok();
        } catch (IllegalArgumentException x) { // NumberFormatException is one
            return FormValidation.error(wrongHistoryMonths());
        }
    }
}
