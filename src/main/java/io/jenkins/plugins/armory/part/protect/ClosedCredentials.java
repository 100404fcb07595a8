package io.jenkins.plugins.armory.part.protect;

import com.cloudbees.plugins.credentials.Credentials;
import com.cloudbees.plugins.credentials.CredentialsDescriptor;
import com.cloudbees.plugins.credentials.CredentialsProvider;
import com.cloudbees.plugins.credentials.CredentialsScope;
import com.cloudbees.plugins.credentials.NameWith;
import com.cloudbees.plugins.credentials.common.IdCredentials;
import com.cloudbees.plugins.credentials.common.StandardCredentials;
import edu.umd.cs.findbugs.annotations.CheckForNull;
import hudson.model.Run;
import hudson.remoting.Channel;
import hudson.security.ACL;
import hudson.security.ACLContext;
import java.io.PrintWriter;
import java.util.Optional;

/**
 * A credential of an environment as its jobs get it. It has no secret: each getter of one looks at the build and the
 * settings, and reads the credential itself. So it may be kept, saved with a program, and marshalled for a fingerprint,
 * and it is of no use later.
 *
 * @param <C> the kind of the credential
 */
@NameWith(StandardCredentials.NameProvider.class) // others ask for the user name, or open the key store
abstract class ClosedCredentials<C extends StandardCredentials> implements CredentialKind.Closed {

    private static final long serialVersionUID = 1L;

    private final String id;

    /** The build that may read the secret, {@code null} for none. */
    @CheckForNull
    private final String build;

    /** When that build was scheduled: after a rename, another job may have a build of that name. */
    private final long scheduled;

    ClosedCredentials(String id, @CheckForNull Run<?, ?> run) {
        this.id = id;
        build = run == null ? null : run.getExternalizableId();
        scheduled = run == null ? 0 : run.getTimeInMillis();
    }

    /**
     * Says why a secret is not given out. The log of a build, which has stack traces of other exceptions, has it as one
     * line.
     */
    static final class Refusal extends IllegalArgumentException {

        private static final long serialVersionUID = 1L;

        Refusal(String reason) {
            super(reason);
        }

        @Override
        public void printStackTrace(PrintWriter log) {
            log.println("ERROR: " + getMessage());
        }
    }

    private CredentialKind kind() {
        return CredentialKind.of(this).orElseThrow();
    }

    @Override
    public Credentials forRun(Run<?, ?> run) {
        return kind().closed(id, run);
    }

    /** Returns the credential with its secret, if the build may read it now. */
    final C opened() {
        Run<?, ?> run = run();
        try {
            UnderWay.require(id, run);
            StandardCredentials stored = EnvironmentCredentials.require(id, run == null ? null : run.getParent());
            if (kind().type().isInstance(stored)) {
                return cast(stored);
            }
            throw new IllegalArgumentException("credential \"" + id + "\" is of another kind than what reads it wants: "
                    + stored.getDescriptor().getDisplayName());
        } catch (IllegalArgumentException x) {
            throw new Refusal(x.getMessage());
        }
    }

    @CheckForNull
    private Run<?, ?> run() {
        if (build == null) {
            return null;
        }
        try (ACLContext ignored = ACL.as2(ACL.SYSTEM2)) {
            Run<?, ?> run = Run.fromExternalizableId(build);
            return run != null && run.getTimeInMillis() == scheduled ? run : null;
        }
    }

    /** Returns the credential for what is no secret of it, empty if there is none of this kind. */
    final Optional<C> shown() {
        return EnvironmentCredentials.stored(id)
                .filter(kind().type()::isInstance)
                .map(this::cast);
    }

    @SuppressWarnings("unchecked") // the kind has the same type
    private C cast(IdCredentials stored) {
        return (C) stored;
    }

    /** Puts a plain copy in its place when it is sent to an agent, which cannot ask for the secret. */
    protected Object writeReplace() {
        return Channel.current() == null ? this : CredentialsProvider.snapshot(opened());
    }

    @Override
    public String getId() {
        return id;
    }

    @Override
    public String getDescription() {
        return shown().map(StandardCredentials::getDescription).orElse("");
    }

    @Override
    public CredentialsScope getScope() {
        return CredentialsScope.SYSTEM;
    }

    @Override
    public CredentialsDescriptor getDescriptor() {
        return EnvironmentCredentials.stored(id)
                .map(Credentials::getDescriptor)
                .orElseGet(() -> new Missing(getClass(), id));
    }

    /** The descriptor of a credential that does not exist, for errors that name its kind. */
    private static final class Missing extends CredentialsDescriptor {

        private final String id;

        Missing(Class<? extends Credentials> type, String id) {
            super(type);
            this.id = id;
        }

        @Override
        public String getDisplayName() {
            return EnvironmentCredentials.problem(id).orElse(id);
        }
    }
}
