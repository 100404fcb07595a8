package io.jenkins.plugins.armory.webhook;

import java.io.Serializable;
import java.util.Objects;
import org.kohsuke.accmod.Restricted;
import org.kohsuke.accmod.restrictions.NoExternalUse;

/**
 * The meaning of an answer by its {@link AnswerRule}.
 *
 * @param verdict see {@link Verdict}
 * @param finding what was found, for people: {@code /state is "passed"}; from outside, and not to be trusted
 */
@Restricted(NoExternalUse.class)
public record Judgement(Verdict verdict, String finding) implements Serializable {

    /** The kinds of answers. */
    public enum Verdict {
        SUCCESS,
        FAILURE,
        /** There is a value, and the rule has it neither among the successes nor among the failures. */
        NEITHER,
        /** There is no value: the answer is not JSON, is too large, or has nothing at the place. */
        NO_VALUE
    }

    public Judgement {
        Objects.requireNonNull(verdict, "verdict");
        Objects.requireNonNull(finding, "finding");
    }

    /** Returns whether the answer decides. */
    public boolean isDecided() {
        return verdict == Verdict.SUCCESS || verdict == Verdict.FAILURE;
    }
}
