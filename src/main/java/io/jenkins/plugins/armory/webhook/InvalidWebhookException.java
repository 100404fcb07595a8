package io.jenkins.plugins.armory.webhook;

import org.kohsuke.accmod.Restricted;
import org.kohsuke.accmod.restrictions.NoExternalUse;

/** Thrown for a webhook definition that breaks a rule. The message names the field and says what to write instead. */
@Restricted(NoExternalUse.class)
public final class InvalidWebhookException extends IllegalArgumentException {

    private static final long serialVersionUID = 1L;

    private final String field;
    private final String problem;

    /**
     * @param field the field of the definition, such as {@code agentIdentifier}
     * @param problem the problem, and what to write instead
     */
    public InvalidWebhookException(String field, String problem) {
        super(field + ": " + problem);
        this.field = field;
        this.problem = problem;
    }

    public String field() {
        return field;
    }

    /** Returns the message without the field. */
    public String problem() {
        return problem;
    }
}
