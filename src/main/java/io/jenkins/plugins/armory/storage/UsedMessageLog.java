package io.jenkins.plugins.armory.storage;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
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
import java.util.logging.Level;
import java.util.logging.Logger;
import org.kohsuke.accmod.Restricted;
import org.kohsuke.accmod.restrictions.NoExternalUse;

/**
 * The {@link UsedMessages} in a {@link Journal} of their own. A message is kept while its timestamp may be valid, which is ten minutes
 * at most, and its file is deleted after that. A record:
 *
 * <pre>
 * {"format":1,"message":"msg_1","address":"CALLBACK a1b2c3","signedAt":1700000000}
 * </pre>
 */
@Restricted(NoExternalUse.class)
public final class UsedMessageLog implements UsedMessages {

    private static final Logger LOGGER = Logger.getLogger(UsedMessageLog.class.getName());
    private static final int FORMAT = 1;
    private static final ObjectMapper JSON = new ObjectMapper();

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

    /** Files of the journal whose messages are not valid any more after a time. */
    private record Ended(List<Path> files, Instant until) {}

    private final Clock clock;
    private final Journal journal;

    /** The uses by message. Guarded by this. */
    private final Map<String, Use> uses = new HashMap<>();

    /** Guarded by this. */
    private final Deque<Ended> ended = new ArrayDeque<>();

    /** The time for the next look at what has expired. Guarded by this. */
    private Instant nextLook;

    private UsedMessageLog(Disk disk, Path folder, Clock clock) throws IOException {
        this.clock = clock;
        nextLook = clock.instant().plus(KEPT);
        journal = Journal.open(disk, folder, this::takeUp);
        forget(clock.instant());
        ended.add(new Ended(journal.startNext(), nextLook));
    }

    /**
     * Opens the log, and creates it if there is none.
     *
     * @throws UnknownFormatException if something in it is intact and was written by another version of the plugin
     * @throws IOException if the folder cannot be created or read
     */
    public static UsedMessageLog open(Path folder, Clock clock) throws IOException {
        return open(Disk.LOCAL, folder, clock);
    }

    static UsedMessageLog open(Disk disk, Path folder, Clock clock) throws IOException {
        return new UsedMessageLog(disk, folder, clock);
    }

    private void takeUp(byte[] record) throws IOException {
        JsonNode json;
        try {
            json = JSON.readTree(record);
        } catch (JsonProcessingException x) {
            throw new IOException("it is not a message: " + x.getMessage(), x);
        }
        int format = json.path("format").asInt();
        if (format != FORMAT) {
            throw new IOException("its format is " + format + ", and this version reads " + FORMAT);
        }
        Instant signedAt = Instant.ofEpochSecond(json.path("signedAt").longValue());
        uses.merge(
                json.path("message").asText(), new Use(json.path("address").asText(), signedAt), UsedMessageLog::later);
    }

    @Override
    public boolean use(String id, String address, Instant signedAt) throws IOException {
        synchronized (this) {
            Use known = find(id);
            if (known != null && !known.address.equals(address)) {
                return false;
            }
            // Known before it is on disk, so that no other thread uses the message elsewhere meanwhile.
            uses.put(id, later(known, new Use(address, signedAt)));
        }
        journal.append(JSON.writeValueAsBytes(JSON.createObjectNode()
                .put("format", FORMAT)
                .put("message", id)
                .put("address", address)
                .put("signedAt", signedAt.getEpochSecond())));
        return true;
    }

    @Override
    public synchronized boolean useOnce(String id, String address, Instant signedAt) throws IOException {
        Use known = find(id);
        if (known != null && (!known.address.equals(address) || !signedAt.isAfter(known.signedAt))) {
            return false;
        }
        uses.put(id, new Use(address, signedAt));
        return true;
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
