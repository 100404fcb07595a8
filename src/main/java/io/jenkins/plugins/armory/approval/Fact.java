package io.jenkins.plugins.armory.approval;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import java.time.Instant;
import org.kohsuke.accmod.Restricted;
import org.kohsuke.accmod.restrictions.NoExternalUse;

/**
 * A row that pages show of an approval.
 *
 * @param name what it is, in every language
 * @param label the same for people, in the language of the user
 * @param value {@code null} if there is a time alone
 * @param at a time that belongs to it, {@code null} for none
 */
@Restricted(NoExternalUse.class)
public record Fact(
        String name,
        String label,
        @CheckForNull String value,
        @CheckForNull Instant at) {}
