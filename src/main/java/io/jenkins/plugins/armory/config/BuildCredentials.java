package io.jenkins.plugins.armory.config;

import com.cloudbees.plugins.credentials.CredentialsProvider;
import com.cloudbees.plugins.credentials.common.IdCredentials;
import com.cloudbees.plugins.credentials.common.StandardCertificateCredentials;
import edu.umd.cs.findbugs.annotations.CheckForNull;
import hudson.model.Run;
import io.jenkins.plugins.armory.call.Settings;
import io.jenkins.plugins.armory.config.form.SecretTexts;
import jenkins.model.Jenkins;
import org.jenkinsci.plugins.plaincredentials.StringCredentials;

/**
 * The credentials that the calls of a build may use. Their uses are recorded.
 *
 * @param isRule whether a rule of an environment calls, which takes the credentials of Jenkins itself alone, and not
 *     those of the job
 */
record BuildCredentials(Run<?, ?> run, boolean isRule) implements Settings.Credentials {

    /** @throws IllegalArgumentException if the settings trust the credential with callbacks */
    @Override
    @CheckForNull
    public String secretText(String id) {
        SecretTexts.refuseTrusted(id);
        StringCredentials credentials = find(StringCredentials.class, id);
        return credentials == null ? null : credentials.getSecret().getPlainText();
    }

    @Override
    @CheckForNull
    public StandardCertificateCredentials certificate(String id) {
        return find(StandardCertificateCredentials.class, id);
    }

    @CheckForNull
    private <T extends IdCredentials> T find(Class<T> type, String id) {
        T credentials = isRule
                ? SecretTexts.find(type, id, Jenkins.get())
                : CredentialsProvider.findCredentialById(id, type, run);
        if (credentials != null) {
            CredentialsProvider.track(run, credentials);
        }
        return credentials;
    }
}
