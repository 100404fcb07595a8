package io.jenkins.plugins.armory.deployment;

import io.jenkins.plugins.armory.approval.Phase;
import org.kohsuke.accmod.Restricted;
import org.kohsuke.accmod.restrictions.NoExternalUse;

/**
 * A failed approval of a build.
 *
 * @param webhook name of its webhook
 * @param reason for people
 * @param own whether the approval itself failed; {@code false} if the failure of another approval of the phase ended it
 */
@Restricted(NoExternalUse.class)
public record Failure(Place place, Phase phase, String webhook, String reason, boolean own) {

    boolean isOf(Place otherPlace, Phase otherPhase, String otherWebhook) {
        return phase == otherPhase && webhook.equals(otherWebhook) && place.isShared(otherPlace);
    }
}
