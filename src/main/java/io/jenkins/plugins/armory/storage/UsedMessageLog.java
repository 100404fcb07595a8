package io.jenkins.plugins.armory.storage;

import com.fasterxml.jackson.annotation.JsonProperty;
import edu.umd.cs.findbugs.annotations.CheckForNull;
import io.jenkins.plugins.armory.signature.StandardWebhooks;
import io.jenkins.plugins.armory.signature.UsedMessages;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.kohsuke.accmod.Restricted;
import org.kohsuke.accmod.restrictions.NoExternalUse;

/**
 * The {@link UsedMessages} in a {@link Journal} of their own. A message is kept while its timestamp may be valid, which is ten minutes
 * at most, and its file is deleted after that. A record:
 *
 * <pre>
 * {"format":1,"content":{"message":"msg_1","address":"CALLBACK a1b2c3","signedAt":"2023-11-14T22:13:20Z"}}
 * </pre>
 */
@Restricted(NoExternalUse.class)
public final class UsedMessageLog implements UsedMessages {

    private static final Logger LOGGER = Logger.getLogger(UsedMessageLog.class.getName());

    /** The number of messages that are kept, for some 20 MB of memory. With more, callers have to wait. */
    static final int MAX = 100_000;

    /** The time from the earliest to the latest moment at which a timestamp is valid. */
    private static final Duration KEPT =
            StandardWebhooks.TOLERANCE.multipliedBy(2).plusSeconds(1);

    /**
     * A use.
     *
     * @param until the message is not valid any more after this
     */
    private record Use(String address, Instant signedAt, Instant until) {

        Use(String address, Instant signedAt) {
            this(address, signedAt, signedAt.plus(StandardWebhooks.TOLERANCE).plusSeconds(1));
        }
    }

    /** A record of the journal. */
    private record UsedMessage(
            @JsonProperty("message") String message,
            @JsonProperty("address") String address,
            @JsonProperty("signedAt") Instant signedAt) {

        private UsedMessage {
            Objects.requireNonNull(message, "message");
            Objects.requireNonNull(address, "address");
            Objects.requireNonNull(signedAt, "signedAt");
        }
    }

    /** Takes up what the journal has. */
    private final class Reader implements Journal.Reader {

        @Override
        public boolean read(String where, byte[] json) throws UnknownFormatException {
            try {
                UsedMessage used = StoredJson.read(where, json, UsedMessage.class);
                uses.merge(used.message(), new Use(used.address(), used.signedAt()), UsedMessageLog::later);
                return true;
            } catch (UnknownFormatException x) {
                throw x;
            } catch (IOException x) {
                LOGGER.log(Level.WARNING, "Left out a signed message that cannot be read: {0}", x.getMessage());
                lost(where);
                return false;
            }
        }

        /** What is lost may have been any message until now. */
        @Override
        public void lost(String where) {
            LOGGER.log(
                    Level.WARNING,
                    "{0}: signed messages that were used are lost; those that were signed before now are refused",
                    where);
            oldest = clock.instant();
        }
    }

    /** Files of the journal whose messages are not valid any more after a time. */
    private record Ended(List<Path> files, Instant until) {}

    private final Clock clock;
    private final Journal journal;

    /** The uses by message. Guarded by this. */
    private final Map<String, Use> uses = new HashMap<>();

    /** Guarded by this. */
    private final Deque<Ended> ended = new ArrayDeque<>();

    /** Messages that were signed earlier may have been used, {@code null} for none. Guarded by this. */
    @CheckForNull
    private Instant oldest;

    /** The time for the next look at what has expired. Guarded by this. */
    private Instant nextLook;

    private UsedMessageLog(Disk disk, Path folder, Clock clock) throws IOException {
        this.clock = clock;
        nextLook = clock.instant().plus(KEPT);
        journal = Journal.open(disk, folder, new Reader());
        forget(clock.instant());
        ended.add(new Ended(journal.startNext(), nextLook));
    }

    /**
     * Opens the log, and creates it if there is none.
     *
     * @throws UnknownFormatException if something in it is intact and was written by a newer version of the plugin
     * @throws IOException if the folder cannot be created or read
     */
    public static UsedMessageLog open(Path folder, Clock clock) throws IOException {
        return open(Disk.LOCAL, folder, clock);
    }

    static UsedMessageLog open(Disk disk, Path folder, Clock clock) throws IOException {
        return new UsedMessageLog(disk, folder, clock);
    }

    @Override
    public boolean use(String id, String address, Instant signedAt) throws IOException {
        synchronized (this) {
            Use known = find(id);
            if (isLost(signedAt) || known != null && !known.address.equals(address)) {
                return false;
            }
            // Known before it is on disk, so that no other thread uses the message elsewhere meanwhile.
            uses.put(id, later(known, new Use(address, signedAt)));
        }
        journal.append(StoredJson.write(new UsedMessage(id, address, signedAt)));
        return true;
    }

    @Override
    public synchronized boolean useOnce(String id, String address, Instant signedAt) throws IOException {
        Use known = find(id);
        if (isLost(signedAt)
                || known != null && (!known.address.equals(address) || !signedAt.isAfter(known.signedAt))) {
            return false;
        }
        uses.put(id, new Use(address, signedAt));
        return true;
    }

    private boolean isLost(Instant signedAt) {
        return oldest != null && signedAt.isBefore(oldest);
    }

    private static Use later(Use known, Use used) {
        return known == null || used.signedAt.isAfter(known.signedAt) ? used : known;
    }

    private Use find(String id) throws IOException {
        Instant now = clock.instant();
        if (!now.isBefore(nextLook)) {
            nextLook = now.plus(KEPT);
            forget(now);
            dropFiles(now);
        } else if (uses.size() >= MAX) {
            forget(now);
        }
        if (uses.size() >= MAX) {
            throw new IOException(MAX + " signed messages arrived within " + KEPT.toMinutes() + " minutes");
        }
        return uses.get(id);
    }

    private void forget(Instant now) {
        uses.values().removeIf(use -> use.until.isBefore(now));
    }

    /** Deletes the files that have expired, and ends the present one. What it holds is valid for ten minutes at most. */
    private void dropFiles(Instant now) {
        try {
            while (!ended.isEmpty() && !ended.peek().until.isAfter(now)) {
                journal.drop(ended.peek().files);
                ended.remove();
            }
        } catch (IOException x) {
            LOGGER.log(Level.WARNING, "Cannot delete signed messages that are not valid any more", x);
        }
        ended.add(new Ended(journal.startNext(), now.plus(KEPT)));
    }

    /** Returns the size of the files in bytes. */
    long size() {
        return journal.size();
    }

    /** Ends all writing. */
    public void close() {
        journal.close();
    }
}
