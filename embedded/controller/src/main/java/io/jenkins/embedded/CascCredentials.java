package io.jenkins.embedded;

import com.cloudbees.plugins.credentials.Credentials;
import com.cloudbees.plugins.credentials.CredentialsProvider;
import com.cloudbees.plugins.credentials.common.StandardCredentials;
import com.cloudbees.plugins.credentials.common.StandardUsernamePasswordCredentials;
import com.cloudbees.plugins.credentials.domains.DomainRequirement;
import hudson.model.ItemGroup;
import hudson.util.Secret;
import java.util.List;
import java.util.Map;
import org.jenkinsci.plugins.plaincredentials.StringCredentials;
import org.kohsuke.stapler.DataBoundConstructor;
import org.springframework.security.core.Authentication;

/** The credentials of {@code casc.yaml}: in memory alone, and for all jobs. */
final class CascCredentials extends CredentialsProvider {
    /** The kinds by their names in {@code casc.yaml}. */
    static final Map<String, Class<? extends Entry>> KINDS =
            Map.of("string", SecretText.class, "usernamePassword", UsernamePassword.class);

    private volatile List<Entry> entries = List.of();

    void replaceBy(List<Entry> credentials) {
        entries = List.copyOf(credentials);
    }

    @Override
    public <C extends Credentials> List<C> getCredentialsInItemGroup(
            Class<C> type, ItemGroup itemGroup, Authentication authentication, List<DomainRequirement> domainRequirements) {
        return entries.stream().filter(type::isInstance).map(type::cast).toList();
    }

    /** What all kinds have. */
    abstract static class Entry implements StandardCredentials {
        private static final long serialVersionUID = 1;

        private final String id;
        private final String description;

        /** @param scope global, or the system's own, which Jenkins keeps from jobs */
        Entry(String id, Scope scope, String description) {
            if (scope == Scope.SYSTEM) {
                throw new IllegalArgumentException(
                        "the embedded controller has no use for credentials of scope SYSTEM: it offers all to jobs");
            }
            this.id = id;
            this.description = description;
        }

        @Override
        public String getId() {
            return id;
        }

        @Override
        public String getDescription() {
            return description;
        }
    }

    /** Who may use credentials. */
    enum Scope {
        SYSTEM,
        GLOBAL
    }

    /** {@code string} in {@code casc.yaml}. */
    static final class SecretText extends Entry implements StringCredentials {
        private static final long serialVersionUID = 1;

        private final Secret secret;

        @DataBoundConstructor
        public SecretText(String id, Scope scope, Secret secret, String description) {
            super(id, scope, description);
            this.secret = secret;
        }

        @Override
        public Secret getSecret() {
            return secret;
        }
    }

    /** {@code usernamePassword} in {@code casc.yaml}. */
    static final class UsernamePassword extends Entry implements StandardUsernamePasswordCredentials {
        private static final long serialVersionUID = 1;

        private final String username;
        private final Secret password;

        @DataBoundConstructor
        public UsernamePassword(String id, Scope scope, String username, Secret password, String description) {
            super(id, scope, description);
            this.username = username;
            this.password = password;
        }

        @Override
        public String getUsername() {
            return username;
        }

        @Override
        public Secret getPassword() {
            return password;
        }
    }
}
