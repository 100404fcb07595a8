package io.jenkins.plugins.armory.approval;

import com.fasterxml.jackson.annotation.JsonProperty;
import edu.umd.cs.findbugs.annotations.CheckForNull;
import io.jenkins.plugins.armory.webhook.text.Bound;
import io.soabase.recordbuilder.core.RecordBuilder;
import java.util.List;
import java.util.Objects;
import java.util.stream.Collectors;
import org.kohsuke.accmod.Restricted;
import org.kohsuke.accmod.restrictions.NoExternalUse;

/**
 * The requirement that people approve too.
 *
 * @param message what the people are asked; may be empty
 * @param rules who has to approve; all of these, and a person counts for one of them ({@link RuleMatching}). One who
 *     rejects ends the approval
 * @param requesters ids of the users who requested the build, and so may reject and not approve; {@code null} if they
 *     may
 * @param inputs what the people who approve fill in; empty for nothing
 */
@Restricted(NoExternalUse.class)
@RecordBuilder
public record ManualRequirement(
        @JsonProperty("message") String message,
        @JsonProperty("rules") List<PeopleRule> rules,
        @CheckForNull @JsonProperty("requesters") List<String> requesters,
        @JsonProperty("inputs") List<InputDefinition> inputs)
        implements ManualRequirementBuilder.With {

    /**
     * The most people that all rules together require. Bounds the size of a record, which has all approvals with their
     * comments.
     */
    public static final int MAX_REQUIRED = 100;

    /** The longest title, in characters. */
    private static final int MAX_TITLE = 100;

    public ManualRequirement {
        Objects.requireNonNull(message, "message");
        rules = List.copyOf(rules);
        inputs = List.copyOf(inputs);
        requesters = requesters == null ? null : List.copyOf(requesters);
        Bound.TEXT.check("message", message);
        Bound.LINE.checkEach(
                "submitters",
                rules.stream().flatMap(rule -> rule.submitters().stream()).toList());
        Bound.LIST.check("requesters", requesters == null ? 0 : requesters.size());
        Bound.LIST.check("parameters", inputs.size());
        Bound.TEXT.check(
                "parameters",
                inputs.stream().mapToLong(input -> input.definition().length()).sum());
        if (rules.isEmpty()) {
            throw new IllegalArgumentException("rules: is empty; name who has to approve");
        }
        checkRequired(required(rules));
    }

    /** Returns how many different people have to approve. */
    public int required() {
        return required(rules);
    }

    /**
     * Returns who may decide, for a sentence: {@code alice, ops} or {@code 1 of qa; 2 of ops, oncall}. Empty for all
     * with the permission.
     */
    public String people() {
        return rules.size() == 1
                ? String.join(", ", rules.get(0).submitters())
                : rules.stream()
                        .map(rule -> rule.required() + " of " + rule.people())
                        .collect(Collectors.joining("; "));
    }

    /** Returns the first line of the question, as the name of an approval without a webhook; empty for no question. */
    public String title() {
        String line = message.strip().lines().findFirst().orElse("");
        return line.length() > MAX_TITLE ? line.substring(0, MAX_TITLE) + "..." : line;
    }

    static void checkRequired(int required) {
        if (required < 1 || required > MAX_REQUIRED) {
            throw new IllegalArgumentException("required: must be from 1 to " + MAX_REQUIRED + ", and is " + required);
        }
    }

    private static int required(List<PeopleRule> rules) {
        return rules.stream().mapToInt(PeopleRule::required).sum();
    }

    /** Returns whether people have to be told apart, so that somebody who is not logged in may not approve. */
    public boolean needsIdentity() {
        return required() > 1 || requesters != null;
    }
}
