package io.jenkins.plugins.armory.signature;

import java.io.IOException;
import java.time.Instant;
import org.kohsuke.accmod.Restricted;
import org.kohsuke.accmod.restrictions.NoExternalUse;

/**
 * The messages that were used. The address of a message is not signed, so anybody who sees a message could send it to another approval
 * while its timestamp is valid. Here each message belongs to the address where it was used first.
 */
@Restricted(NoExternalUse.class)
public interface UsedMessages {

    /**
     * A message whose signature is right.
     *
     * @param secret the {@link StandardWebhooks#nameOf name of the key} that signed it. A sender with another key can take neither ids
     *     nor room of this one. Credentials with the same key count as one, since each accepts what was signed for the other.
     * @param id the {@code webhook-id}
     * @param signedAt the {@code webhook-timestamp}
     */
    record Message(String secret, String id, Instant signedAt) {}

    /** The result of a use. */
    enum Answer {
        /** The message is new, or was used for the same address before. */
        USABLE,
        /** The message belongs to another address or, where it counts once, was used for this one before. */
        USED_BEFORE,
        /** There is no room for further messages of this secret now. Nothing was noted. */
        NO_ROOM
    }

    /**
     * Records the use of a message on disk.
     *
     * @param address the address that the message was sent to
     * @throws IOException if the use cannot be written
     */
    Answer use(Message message, String address) throws IOException;

    /**
     * Notes the use of a message in memory alone. It is usable if it is new, or if the address is the same again and it was signed
     * later than before.
     */
    Answer useOnce(Message message, String address);
}
