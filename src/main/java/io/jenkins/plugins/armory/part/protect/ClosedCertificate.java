package io.jenkins.plugins.armory.part.protect;

import com.cloudbees.plugins.credentials.common.StandardCertificateCredentials;
import edu.umd.cs.findbugs.annotations.CheckForNull;
import hudson.Extension;
import hudson.model.Run;
import hudson.util.Secret;
import java.security.KeyStore;

/** A certificate with its private key. */
final class ClosedCertificate extends ClosedCredentials<StandardCertificateCredentials>
        implements StandardCertificateCredentials {

    private static final long serialVersionUID = 1L;

    private ClosedCertificate(String id, @CheckForNull Run<?, ?> run) {
        super(id, run);
    }

    @Override
    public KeyStore getKeyStore() {
        return opened().getKeyStore();
    }

    @Override
    public Secret getPassword() {
        return opened().getPassword();
    }

    @Extension
    public static final class Kind extends CredentialKind {
        public Kind() {
            super(StandardCertificateCredentials.class, ClosedCertificate::new);
        }
    }
}
