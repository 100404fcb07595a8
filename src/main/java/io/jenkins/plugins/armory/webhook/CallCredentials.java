package io.jenkins.plugins.armory.webhook;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import java.io.Serializable;
import java.util.Objects;
import org.kohsuke.accmod.Restricted;
import org.kohsuke.accmod.restrictions.NoExternalUse;

/**
 * The ids of the credentials that a call is made with. What they hold is looked up for each attempt. A class and not a record for the
 * reason that {@link Webhook} has.
 */
@Restricted(NoExternalUse.class)
public final class CallCredentials implements Serializable {

    private static final long serialVersionUID = 1L;

    /** No credentials. */
    public static final CallCredentials NONE = new CallCredentials(null);

    @CheckForNull
    private final String signWith;

    /** @param signWith the Secret text with which the call is signed, {@code null} for none */
    public CallCredentials(@CheckForNull String signWith) {
        this.signWith = signWith;
    }

    /** Returns the id of the Secret text with which the call is signed as Standard Webhooks, {@code null} for none. */
    @CheckForNull
    public String signWith() {
        return signWith;
    }

    @Override
    public boolean equals(@CheckForNull Object other) {
        return other instanceof CallCredentials credentials && Objects.equals(signWith, credentials.signWith);
    }

    @Override
    public int hashCode() {
        return Objects.hashCode(signWith);
    }
}
