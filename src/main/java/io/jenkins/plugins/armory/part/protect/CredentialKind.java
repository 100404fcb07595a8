package io.jenkins.plugins.armory.part.protect;

import com.cloudbees.plugins.credentials.common.StandardCredentials;
import edu.umd.cs.findbugs.annotations.CheckForNull;
import hudson.ExtensionList;
import hudson.ExtensionPoint;
import hudson.model.Run;
import java.util.Optional;
import java.util.function.BiFunction;
import org.kohsuke.accmod.Restricted;
import org.kohsuke.accmod.restrictions.NoExternalUse;

/**
 * A kind of credentials that an environment of the administrators may own. One of another plugin is there only with
 * that plugin.
 */
@Restricted(NoExternalUse.class)
public abstract class CredentialKind implements ExtensionPoint {

    /**
     * What jobs get in the place of such a credential: its secret can be read only while a build is deploying to the
     * environment.
     */
    public interface Closed extends StandardCredentials {}

    private final Class<? extends StandardCredentials> type;
    private final BiFunction<String, Run<?, ?>, Closed> maker;

    /** @param maker makes the closed credential of an id, for the build that asks, or {@code null} */
    protected CredentialKind(Class<? extends StandardCredentials> type, BiFunction<String, Run<?, ?>, Closed> maker) {
        this.type = type;
        this.maker = maker;
    }

    public final Class<? extends StandardCredentials> type() {
        return type;
    }

    /** @param run the build that asks, {@code null} if it is not known */
    public final Closed closed(String id, @CheckForNull Run<?, ?> run) {
        return maker.apply(id, run);
    }

    /** Returns the kind of a credential, empty for any other. */
    public static Optional<CredentialKind> of(Object credentials) {
        return ExtensionList.lookup(CredentialKind.class).stream()
                .filter(kind -> kind.type.isInstance(credentials))
                .findFirst();
    }
}
