package io.jenkins.plugins.armory.part.protect;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import hudson.Extension;
import hudson.model.Run;
import hudson.util.Secret;
import org.jenkinsci.plugins.plaincredentials.StringCredentials;

/** A Secret text. */
final class ClosedSecretText extends ClosedCredentials<StringCredentials> implements StringCredentials {

    private static final long serialVersionUID = 1L;

    private ClosedSecretText(String id, @CheckForNull Run<?, ?> run) {
        super(id, run);
    }

    @Override
    public Secret getSecret() {
        return opened().getSecret();
    }

    @Extension
    public static final class Kind extends CredentialKind {
        public Kind() {
            super(StringCredentials.class, ClosedSecretText::new);
        }
    }
}
