package io.jenkins.plugins.armory.part.protect;

import com.cloudbees.jenkins.plugins.sshcredentials.SSHUserPrivateKey;
import edu.umd.cs.findbugs.annotations.CheckForNull;
import hudson.Extension;
import hudson.model.Run;
import hudson.util.Secret;
import java.util.List;

/** An SSH user name with a private key. */
final class ClosedKey extends ClosedUser<SSHUserPrivateKey> implements SSHUserPrivateKey {

    private static final long serialVersionUID = 1L;

    private ClosedKey(String id, @CheckForNull Run<?, ?> run) {
        super(id, run);
    }

    @Override
    public List<String> getPrivateKeys() {
        return opened().getPrivateKeys();
    }

    @Override
    public Secret getPassphrase() {
        return opened().getPassphrase();
    }

    @Extension(optional = true)
    public static final class Kind extends CredentialKind {
        public Kind() {
            super(SSHUserPrivateKey.class, ClosedKey::new);
        }
    }
}
