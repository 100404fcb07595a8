package io.jenkins.plugins.armory.step;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import java.io.Serializable;
import org.kohsuke.accmod.Restricted;
import org.kohsuke.accmod.restrictions.NoExternalUse;

/**
 * The step of a deployment's plan around a Pipeline step. {@code armoryDeploymentAction} puts it into the context of
 * its body.
 *
 * @param planned the id in the plan
 * @param account the account of the target, {@code null} for none
 * @param namespace the namespace of the target, {@code null} for none
 */
@Restricted(NoExternalUse.class)
public record EnclosingAction(
        String planned,
        @CheckForNull String account,
        @CheckForNull String namespace) implements Serializable {}
