package io.jenkins.plugins.armory.part.signature;

import java.util.List;
import org.kohsuke.accmod.Restricted;
import org.kohsuke.accmod.restrictions.NoExternalUse;

/**
 * The headers of a request that is signed as Standard Webhooks say, each with all its values.
 *
 * @param id every {@link StandardWebhooks#ID}
 * @param timestamp every {@link StandardWebhooks#TIMESTAMP}
 * @param signature every {@link StandardWebhooks#SIGNATURE}
 */
@Restricted(NoExternalUse.class)
public record SignatureHeaders(List<String> id, List<String> timestamp, List<String> signature) {

    /** Returns whether the request is signed. */
    public boolean areThere() {
        return !signature.isEmpty();
    }
}
