package io.jenkins.plugins.armory.config;

import com.cloudbees.plugins.credentials.CredentialsScope;
import edu.umd.cs.findbugs.annotations.CheckForNull;
import hudson.Util;
import hudson.util.FormValidation;
import io.jenkins.plugins.armory.http.AllowedHosts;
import java.net.URI;
import java.net.URISyntaxException;
import java.util.Arrays;
import java.util.List;
import jenkins.model.Jenkins;
import jenkins.model.JenkinsLocationConfiguration;
import org.jenkinsci.plugins.plaincredentials.StringCredentials;

/** Checks of the fields of {@link ArmoryConfiguration}. Those of forms need the permission Overall/Administer. */
final class ConfigurationForm {

    private static final int SHORTEST_TOKEN_LIFETIME_SECONDS = 60;
    private static final int LONGEST_TOKEN_LIFETIME_SECONDS = 30 * 86_400;
    private static final String WRONG_LIFETIME = "The lifetime of a token is between " + SHORTEST_TOKEN_LIFETIME_SECONDS
            + " and " + LONGEST_TOKEN_LIFETIME_SECONDS + " seconds; "
            + ArmoryConfiguration.DEFAULT_TOKEN_LIFETIME_SECONDS + " is a day.";
    private static final String EXAMPLE = "Write it as https://jenkins.example.com/";

    static final int DEFAULT_HISTORY_MONTHS = 24;
    private static final int LONGEST_HISTORY_MONTHS = 1200;
    private static final String WRONG_HISTORY_MONTHS = "historyMonths: must be between 1 and " + LONGEST_HISTORY_MONTHS
            + "; 0 for the default, " + DEFAULT_HISTORY_MONTHS;

    private ConfigurationForm() {}

    static FormValidation checkCallbackBaseUrl(@CheckForNull String value) {
        Jenkins.get().checkPermission(Jenkins.ADMINISTER);
        String url = Util.fixEmptyAndTrim(value);
        if (url == null) {
            return JenkinsLocationConfiguration.get().getUrl() != null
                    ? FormValidation.ok()
                    : FormValidation.warning("Set this address or the Jenkins URL. Webhooks need one of them.");
        }
        try {
            URI uri = new URI(url);
            boolean http = "http".equalsIgnoreCase(uri.getScheme()) || "https".equalsIgnoreCase(uri.getScheme());
            return http && uri.getHost() != null ? FormValidation.ok() : FormValidation.error(EXAMPLE);
        } catch (URISyntaxException x) {
            return FormValidation.error("This is not an address. " + EXAMPLE);
        }
    }

    /** Returns the entries of texts. A text may have several, separated by white space or commas, as a form sends them. */
    static List<String> hosts(List<String> texts) {
        return texts.stream()
                .flatMap(text -> Arrays.stream(text.split("[\\s,]+")))
                .filter(entry -> !entry.isEmpty())
                .toList();
    }

    static FormValidation checkAllowedHosts(String value) {
        Jenkins.get().checkPermission(Jenkins.ADMINISTER);
        try {
            AllowedHosts.of(hosts(List.of(value)));
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
            return FormValidation.error("There is no Secret text credential of this id in Jenkins itself.");
        }
        return credentials.getScope() == CredentialsScope.SYSTEM
                ? FormValidation.ok()
                : FormValidation.warning(
                        "Every job can read this credential with withCredentials, and decide for other jobs with"
                                + " it. Give it the scope System.");
    }

    /** @throws IllegalArgumentException naming the shortest and the longest lifetime */
    static void requireTokenLifetime(int seconds) {
        if (seconds != 0 && (seconds < SHORTEST_TOKEN_LIFETIME_SECONDS || seconds > LONGEST_TOKEN_LIFETIME_SECONDS)) {
            throw new IllegalArgumentException(WRONG_LIFETIME);
        }
    }

    static FormValidation checkTokenLifetimeSeconds(@CheckForNull String value) {
        Jenkins.get().checkPermission(Jenkins.ADMINISTER);
        String text = Util.fixEmptyAndTrim(value);
        try {
            requireTokenLifetime(text == null ? 0 : Integer.parseInt(text));
            return FormValidation.ok();
        } catch (IllegalArgumentException x) { // NumberFormatException is one
            return FormValidation.error(WRONG_LIFETIME);
        }
    }

    /** @throws IllegalArgumentException naming the smallest and the largest number */
    static void requireHistoryMonths(int months) {
        if (months < 0 || months > LONGEST_HISTORY_MONTHS) {
            throw new IllegalArgumentException(WRONG_HISTORY_MONTHS);
        }
    }

    static FormValidation checkHistoryMonths(@CheckForNull String value) {
        Jenkins.get().checkPermission(Jenkins.ADMINISTER);
        String text = Util.fixEmptyAndTrim(value);
        try {
            requireHistoryMonths(text == null ? 0 : Integer.parseInt(text));
            return FormValidation.ok();
        } catch (IllegalArgumentException x) { // NumberFormatException is one
            return FormValidation.error(WRONG_HISTORY_MONTHS);
        }
    }
}
