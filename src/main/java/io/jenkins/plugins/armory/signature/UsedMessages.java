package io.jenkins.plugins.armory.signature;

import java.io.IOException;
import java.time.Instant;
import org.kohsuke.accmod.Restricted;
import org.kohsuke.accmod.restrictions.NoExternalUse;

/**
 * The messages that were used. The address of a message is not signed, so whoever sees a message could send it to another approval
 * while its timestamp is valid. Here each message belongs to the address where it was used first.
 */
@Restricted(NoExternalUse.class)
public interface UsedMessages {

    /**
     * Records the use of a message on disk. Returns {@code true} if the message is new or was used for the same address before,
     * {@code false} otherwise.
     *
     * @param id the {@code webhook-id}
     * @param address the address that the message was sent to
     * @param signedAt its {@code webhook-timestamp}
     * @throws IOException if the use cannot be written
     */
    boolean use(String id, String address, Instant signedAt) throws IOException;

    /**
     * Notes the use of a message in memory alone, and returns whether it may be used there: it is new, or it is the same address again
     * and was signed later than before.
     */
    boolean useOnce(String id, String address, Instant signedAt) throws IOException;
}
