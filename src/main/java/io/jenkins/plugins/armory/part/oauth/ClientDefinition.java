package io.jenkins.plugins.armory.part.oauth;

import com.cloudbees.plugins.credentials.CredentialsScope;
import com.cloudbees.plugins.credentials.common.StandardUsernamePasswordCredentials;
import edu.umd.cs.findbugs.annotations.CheckForNull;
import hudson.Extension;
import hudson.Util;
import hudson.model.AbstractDescribableImpl;
import hudson.security.ACL;
import hudson.security.ACLContext;
import hudson.util.FormValidation;
import hudson.util.ListBoxModel;
import io.jenkins.plugins.armory.callback.token.JobPatterns;
import io.jenkins.plugins.armory.callback.token.ListedCallers;
import io.jenkins.plugins.armory.config.form.JobsDescriptor;
import io.jenkins.plugins.armory.config.form.SecretTexts;
import io.jenkins.plugins.armory.webhook.text.Bound;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Optional;
import jenkins.model.Jenkins;
import org.kohsuke.accmod.Restricted;
import org.kohsuke.accmod.restrictions.NoExternalUse;
import org.kohsuke.stapler.DataBoundConstructor;
import org.kohsuke.stapler.QueryParameter;
import org.kohsuke.stapler.verb.POST;

/**
 * An entry of {@code clients}: a username/password credential with the {@code client_id} and {@code client_secret} of a
 * client of {@code oauth/token}. The credential is looked up at each use.
 */
@Restricted(NoExternalUse.class)
public final class ClientDefinition extends AbstractDescribableImpl<ClientDefinition> {

    private final String credentialsId;
    private final String jobs;

    /** Parsed on first use; not part of the saved form. */
    @CheckForNull
    private final transient JobPatterns patterns;

    /**
     * @param credentialsId the id of a username/password credential of Jenkins itself
     * @param jobs the jobs that the client may decide for, in the format of {@link JobPatterns}
     */
    @DataBoundConstructor
    public ClientDefinition(String credentialsId, String jobs) {
        this.credentialsId = Util.fixNull(credentialsId).strip();
        Bound.LINE.check("credentialsId", this.credentialsId);
        this.jobs = JobsDescriptor.checked(jobs);
        patterns = JobPatterns.parse(this.jobs);
    }

    /** Checks what was saved, which people or scripts may have written: XStream does not call the constructor. */
    private Object readResolve() {
        return new ClientDefinition(credentialsId, jobs);
    }

    public String getCredentialsId() {
        return credentialsId;
    }

    public String getJobs() {
        return jobs;
    }

    ListedCallers.Entry entry() {
        return new ListedCallers.Entry("client " + credentialsId, credentialsId, JobPatterns.parse(jobs));
    }

    /** Returns the client, with its password to be read later; empty if its credential does not exist. */
    public Optional<OAuthClient> toClient() {
        try {
            return read(() -> Optional.ofNullable(lookUp(credentialsId)).map(this::clientOf));
        } catch (IOException x) {
            return Optional.of(OAuthClient.unread(credentialsId, patterns, x));
        }
    }

    private OAuthClient clientOf(StandardUsernamePasswordCredentials credentials) {
        return new OAuthClient(
                credentialsId,
                credentials.getUsername(),
                () -> passwordOf(credentials),
                patterns,
                credentials.getScope() == CredentialsScope.SYSTEM);
    }

    private String passwordOf(StandardUsernamePasswordCredentials credentials) {
        try {
            return read(() -> credentials.getPassword().getPlainText());
        } catch (IOException x) {
            throw new UncheckedIOException(x);
        }
    }

    /** Returns that the client's secret is too short, see {@link SecretTexts#problem}. */
    public Optional<String> problem() {
        return SecretTexts.problem(
                credentialsId,
                () -> Optional.ofNullable(lookUp(credentialsId))
                        .map(found -> found.getPassword().getPlainText()));
    }

    private <T> T read(SecretTexts.LookUp<T> lookUp) throws IOException {
        try {
            return SecretTexts.read(credentialsId, lookUp);
        } catch (IllegalArgumentException x) { // it is of an environment
            throw new IOException("the secret of " + credentialsId + " cannot be read: " + x.getMessage(), x);
        }
    }

    /** Not named {@code find}: in the descriptor, that name is {@code Descriptor.find}. */
    @CheckForNull
    private static StandardUsernamePasswordCredentials lookUp(String id) {
        try (ACLContext ignored = ACL.as2(ACL.SYSTEM2)) {
            return SecretTexts.find(StandardUsernamePasswordCredentials.class, id, Jenkins.get());
        }
    }

    @Extension
    public static final class DescriptorImpl extends JobsDescriptor<ClientDefinition> {
        @POST
        public ListBoxModel doFillCredentialsIdItems(@QueryParameter String credentialsId) {
            return SecretTexts.items(StandardUsernamePasswordCredentials.class, null, credentialsId);
        }

        @POST
        public FormValidation doCheckCredentialsId(@QueryParameter String value) {
            Jenkins.get().checkPermission(Jenkins.ADMINISTER);
            if (Util.fixEmptyAndTrim(value) == null) {
                return FormValidation.error(Messages.ClientDefinition_choose());
            }
            if (lookUp(value) == null) {
                return FormValidation.error(Messages.ClientDefinition_none());
            }
            return new ClientDefinition(value, "")
                    .problem()
                    .map(FormValidation::error)
                    .orElseGet(FormValidation::ok);
        }
    }
}
