package io.jenkins.plugins.armory.callback.token;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import io.jenkins.plugins.armory.approval.Approval;
import io.jenkins.plugins.armory.webhook.text.Bound;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.kohsuke.accmod.Restricted;
import org.kohsuke.accmod.restrictions.NoExternalUse;

/**
 * The sender of a request, as its token or its signature shows.
 *
 * @param name the name for people, shown as {@code decidedBy}
 * @param obstacle returns why the caller may not decide an approval, or nothing if it may
 */
@Restricted(NoExternalUse.class)
public record Caller(String name, Function<Approval, Optional<String>> obstacle) {

    public Caller {
        name = Bound.LINE.cut(name); // it may have a subject of an outside issuer in it
    }

    /**
     * Returns why a genuine token may not decide an approval, nothing if it may.
     *
     * @param ofToken why the token may not decide for the approval's job, {@code null} if it may
     * @param ofStep why it may not decide this approval of the job, {@code null} if it may
     */
    public static Optional<String> obstacle(@CheckForNull String ofToken, @CheckForNull String ofStep) {
        String reasons = Stream.of(ofToken, ofStep).filter(Objects::nonNull).collect(Collectors.joining("; and "));
        return reasons.isEmpty() ? Optional.empty() : Optional.of("The token is valid, but " + reasons + ".");
    }

    /** Returns a caller that may decide certain approvals. */
    public static Caller of(String name, Predicate<Approval> mayDecide) {
        return new Caller(name, approval -> obstacle(null, mayDecide.test(approval) ? null : "not for this approval"));
    }
}
