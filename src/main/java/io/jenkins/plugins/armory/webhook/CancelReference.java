package io.jenkins.plugins.armory.webhook;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import java.io.Serializable;
import java.util.Objects;
import org.kohsuke.accmod.Restricted;
import org.kohsuke.accmod.restrictions.NoExternalUse;

/** The webhook to call when an approval ends without its external process: defined inline, or named. */
@Restricted(NoExternalUse.class)
public final class CancelReference implements Serializable {

    private static final long serialVersionUID = 1L;

    @CheckForNull
    private final String name;

    @CheckForNull
    private final Webhook inline;

    private CancelReference(@CheckForNull String name, @CheckForNull Webhook inline) {
        this.name = name;
        this.inline = inline;
    }

    /** Returns a reference to a webhook that is defined elsewhere. */
    public static CancelReference named(String name) {
        return new CancelReference(name, null);
    }

    /** Returns a cancel webhook that is defined inline. It is called from where the approval's webhook is called. */
    public static CancelReference of(Webhook inline) {
        return new CancelReference(null, inline);
    }

    /** Returns the name, or {@code null} if the webhook is defined inline. */
    @CheckForNull
    public String name() {
        return name;
    }

    /** Returns the inline definition, or {@code null} if the webhook is defined elsewhere. */
    @CheckForNull
    public Webhook inline() {
        return inline;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof CancelReference cancel
                && Objects.equals(name, cancel.name)
                && Objects.equals(inline, cancel.inline);
    }

    @Override
    public int hashCode() {
        return Objects.hash(name, inline);
    }
}
