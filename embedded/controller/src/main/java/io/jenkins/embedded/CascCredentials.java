package io.jenkins.embedded;

import com.cloudbees.plugins.credentials.Credentials;
import com.cloudbees.plugins.credentials.CredentialsDescriptor;
import com.cloudbees.plugins.credentials.CredentialsScope;
import com.cloudbees.plugins.credentials.SystemCredentialsProvider;
import com.cloudbees.plugins.credentials.common.StandardCertificateCredentials;
import com.cloudbees.plugins.credentials.common.StandardCredentials;
import com.cloudbees.plugins.credentials.common.StandardUsernamePasswordCredentials;
import com.cloudbees.plugins.credentials.domains.DomainRequirement;
import hudson.model.AbstractDescribableImpl;
import hudson.model.Item;
import hudson.model.ItemGroup;
import hudson.util.Secret;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.Serializable;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import jenkins.model.Jenkins;
import org.jenkinsci.plugins.plaincredentials.StringCredentials;
import org.kohsuke.stapler.DataBoundConstructor;
import org.springframework.security.core.Authentication;

/** The credentials of {@code casc.yaml}: in memory alone, and for all jobs unless they are of scope SYSTEM. */
final class CascCredentials extends SystemCredentialsProvider.ProviderImpl {
    /** The kinds by their names in {@code casc.yaml}. */
    static final Map<String, Class<? extends Entry>> KINDS = Map.of(
            "string", SecretText.class, "usernamePassword", UsernamePassword.class, "certificate", KeyStoreFile.class);

    private volatile List<Entry> entries = List.of();

    void replaceBy(List<Entry> credentials) {
        entries = List.copyOf(credentials);
    }

    @Override
    public <C extends Credentials> List<C> getCredentialsInItemGroup(
            Class<C> type,
            ItemGroup itemGroup,
            Authentication authentication,
            List<DomainRequirement> domainRequirements) {
        return entries.stream()
                .filter(entry -> itemGroup == Jenkins.get() || entry.getScope() != CredentialsScope.SYSTEM)
                .filter(type::isInstance)
                .map(type::cast)
                .toList();
    }

    @Override
    public <C extends Credentials> List<C> getCredentialsInItem(
            Class<C> type, Item item, Authentication authentication, List<DomainRequirement> domainRequirements) {
        return getCredentialsInItemGroup(type, null, authentication, domainRequirements);
    }

    abstract static class Entry implements StandardCredentials {
        private static final long serialVersionUID = 1;

        private final String id;
        private final CredentialsScope scope;
        private final String description;

        Entry(String id, CredentialsScope scope, String description) {
            this.id = id;
            this.scope = scope;
            this.description = description;
        }

        @Override
        public CredentialsDescriptor getDescriptor() {
            throw new UnsupportedOperationException();
        }

        @Override
        public CredentialsScope getScope() {
            return scope;
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

    static class SecretText extends Entry implements StringCredentials {
        private static final long serialVersionUID = 1;

        private final Secret secret;

        @DataBoundConstructor
        public SecretText(String id, CredentialsScope scope, Secret secret, String description) {
            super(id, scope, description);
            this.secret = secret;
        }

        @Override
        public Secret getSecret() {
            return secret;
        }
    }

    static class UsernamePassword extends Entry implements StandardUsernamePasswordCredentials {
        private static final long serialVersionUID = 1;

        private final String username;
        private final Secret password;

        @DataBoundConstructor
        public UsernamePassword(
                String id, CredentialsScope scope, String username, Secret password, String description) {
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

    static final class KeyStoreFile extends Entry implements StandardCertificateCredentials {
        private static final long serialVersionUID = 1;

        private final Secret password;
        private final Source keyStoreSource;

        @DataBoundConstructor
        public KeyStoreFile(
                String id, CredentialsScope scope, String description, Secret password, Source keyStoreSource) {
            super(id, scope, description);
            this.password = password;
            this.keyStoreSource = keyStoreSource;
        }

        @Override
        public KeyStore getKeyStore() {
            try {
                var store = KeyStore.getInstance("PKCS12");
                var content = Base64.getDecoder().decode(keyStoreSource.uploaded.uploadedKeystore.getPlainText());
                store.load(
                        new ByteArrayInputStream(content),
                        password.getPlainText().toCharArray());
                return store;
            } catch (GeneralSecurityException | IOException e) {
                throw new IllegalArgumentException("certificate " + getId() + ": " + e.getMessage(), e);
            }
        }

        @Override
        public Secret getPassword() {
            return password;
        }
    }

    /** Where a key store comes from: {@code uploaded: {uploadedKeystore: BASE64}}. */
    static final class Source extends AbstractDescribableImpl<Source> implements Serializable {
        private static final long serialVersionUID = 1;

        private final Uploaded uploaded;

        @DataBoundConstructor
        public Source(Uploaded uploaded) {
            this.uploaded = uploaded;
        }
    }

    static final class Uploaded extends AbstractDescribableImpl<Uploaded> implements Serializable {
        private static final long serialVersionUID = 1;

        private final Secret uploadedKeystore;

        @DataBoundConstructor
        public Uploaded(Secret uploadedKeystore) {
            this.uploadedKeystore = uploadedKeystore;
        }
    }
}
