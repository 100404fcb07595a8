package io.jenkins.plugins.armory.part.protect;

import com.cloudbees.plugins.credentials.common.StandardUsernamePasswordCredentials;
import edu.umd.cs.findbugs.annotations.CheckForNull;
import hudson.Extension;
import hudson.model.Run;
import hudson.util.Secret;

/** A user name with a password. */
final class ClosedPassword extends ClosedUser<StandardUsernamePasswordCredentials>
        implements StandardUsernamePasswordCredentials {

    private static final long serialVersionUID = 1L;

    private ClosedPassword(String id, @CheckForNull Run<?, ?> run) {
        super(id, run);
    }

    @Override
    public Secret getPassword() {
        return opened().getPassword();
    }

    @Extension
    public static final class Kind extends CredentialKind {
        public Kind() {
            super(StandardUsernamePasswordCredentials.class, ClosedPassword::new);
        }
    }
}
