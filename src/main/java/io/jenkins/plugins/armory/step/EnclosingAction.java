package io.jenkins.plugins.armory.step;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import java.io.Serializable;

/**
 * The step of a deployment's plan around a Pipeline step. {@code armoryDeploymentAction} puts it into the context of its body.
 */
final class EnclosingAction implements Serializable {

    private static final long serialVersionUID = 1L;

    private final String planned;

    @CheckForNull
    private final String account;

    @CheckForNull
    private final String namespace;

    private final boolean accountAgent;

    /** @param accountAgent whether webhooks may be called from the agent of the account */
    EnclosingAction(
            String planned, @CheckForNull String account, boolean accountAgent, @CheckForNull String namespace) {
        this.planned = planned;
        this.account = account;
        this.accountAgent = accountAgent;
        this.namespace = namespace;
    }

    /** Returns the id in the plan. */
    String planned() {
        return planned;
    }

    /** Returns the account of the target, {@code null} for none. */
    @CheckForNull
    String account() {
        return account;
    }

    /** Returns whether webhooks may be called from the agent of the account: not if a file of the workspace has chosen it. */
    boolean isAccountAgent() {
        return accountAgent;
    }

    /** Returns the namespace of the target, {@code null} for none. */
    @CheckForNull
    String namespace() {
        return namespace;
    }
}
