package io.jenkins.plugins.armory.part.protect;

import com.cloudbees.plugins.credentials.common.StandardUsernameCredentials;
import com.cloudbees.plugins.credentials.common.UsernameCredentials;
import edu.umd.cs.findbugs.annotations.CheckForNull;
import hudson.model.Run;

/** A credential with a user name, which may be a secret too. */
abstract class ClosedUser<C extends StandardUsernameCredentials> extends ClosedCredentials<C>
        implements StandardUsernameCredentials {

    private static final long serialVersionUID = 1L;

    ClosedUser(String id, @CheckForNull Run<?, ?> run) {
        super(id, run);
    }

    @Override
    public boolean isUsernameSecret() {
        return shown().map(UsernameCredentials::isUsernameSecret).orElse(true);
    }

    @Override
    public String getUsername() {
        return shown().filter(each -> !each.isUsernameSecret())
                .orElseGet(this::opened)
                .getUsername();
    }
}
