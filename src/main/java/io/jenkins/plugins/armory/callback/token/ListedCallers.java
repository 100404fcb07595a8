package io.jenkins.plugins.armory.callback.token;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import java.io.UncheckedIOException;
import java.util.List;
import org.kohsuke.accmod.Restricted;
import org.kohsuke.accmod.restrictions.NoExternalUse;

/**
 * Callers of one kind that administrators list in the settings, with the verifier of their tokens. A part implements it
 * as an {@code @Extension}.
 */
@Restricted(NoExternalUse.class)
public interface ListedCallers extends TokenVerifier {

    /** Returns the entries of the list. No credential is read for it. */
    List<Entry> entries();

    /**
     * Returns whether a text in {@code allowedCallers} names one of these callers.
     *
     * @throws UncheckedIOException if that is not known now
     */
    boolean areNamedBy(String allowedCaller);

    /** Returns whether a credential is there with which one of these callers asks for its tokens. */
    default boolean have(String credentialsId) {
        return false;
    }

    /**
     * A caller of the list.
     *
     * @param name the kind and the name, as messages have it
     * @param credentialsId the credential of the caller, which no job may send; {@code null} for none
     * @param jobs the jobs that the caller may decide for
     */
    record Entry(String name, @CheckForNull String credentialsId, JobPatterns jobs) {}
}
