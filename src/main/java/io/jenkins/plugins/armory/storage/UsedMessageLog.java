package io.jenkins.plugins.armory.storage;

import com.fasterxml.jackson.annotation.JsonProperty;
import edu.umd.cs.findbugs.annotations.CheckForNull;
import io.jenkins.plugins.armory.approval.SteadyClock;
import io.jenkins.plugins.armory.signature.StandardWebhooks;
import io.jenkins.plugins.armory.signature.UsedMessages;
import io.jenkins.plugins.armory.storage.disk.Disk;
import io.jenkins.plugins.armory.storage.disk.StoredJson;
import io.jenkins.plugins.armory.storage.disk.UnknownFormatException;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.kohsuke.accmod.Restricted;
import org.kohsuke.accmod.restrictions.NoExternalUse;

/**
 * The {@link UsedMessages} in a {@link Journal} of their own. A message is kept for ten minutes, since none that is valid now is valid
 * after that, and its file is deleted then. A record:
 *
 * <pre>
 * {"format":1,"content":{"secret":"0f3a...","message":"msg_1","address":"CALLBACK a1b2c3","signedAt":"2023-11-14T22:13:20Z",
 * "until":"2023-11-14T22:23:21Z"}}
 * </pre>
 *
 * <p>The room in memory and on disk is limited, and shared: a secret may take as much as it leaves free, so it takes half of the room at
 * most. A hundredth is for each secret in any case. So whoever needs little finds room, whatever the holders of other secrets send.
 */
@Restricted(NoExternalUse.class)
public final class UsedMessageLog implements UsedMessages {

    private static final Logger LOGGER = Logger.getLogger(UsedMessageLog.class.getName());

    /** The number of records that are kept, for some 60 MB of memory, or 110 MB if all ids are as long as they may be. */
    private static final int ROOM = 200_000;

    /** The time from the earliest to the latest moment at which a timestamp is valid. */
    private static final Duration KEPT =
            StandardWebhooks.TOLERANCE.multipliedBy(2).plusSeconds(1);

    /** The interval between two looks at what has expired in memory. */
    private static final int SWEEP_SECONDS = 10;

    private static final class Use {
        private final String address;

        /** The time of the latest attempt. */
        private Instant signedAt;

        /** The end of the longest validity of the attempts so far. */
        private Instant until;

        /** Whether {@link #until} is on disk. */
        private boolean written;

        /** The number of looks at the files when that began to be written. */
        private int look;

        /** The number of records on disk, with the one that is missing. */
        private int records;

        Use(String address, Instant signedAt) {
            this.address = address;
            this.signedAt = signedAt;
            until = Instant.MIN;
        }

        UsedMessage record(String secret, String id) {
            return new UsedMessage(secret, id, address, signedAt, until);
        }

        /** Returns whether the use is kept for as long as an attempt is valid. */
        boolean covers(Message attempt) {
            Instant over = attempt.signedAt().plus(StandardWebhooks.TOLERANCE).plusSeconds(1);
            return !over.isAfter(until);
        }
    }

    /** The messages of one secret. */
    private static final class Share {
        private final Map<String, Use> uses = new HashMap<>();
        private int records;
    }

    /** A record of the journal. */
    private record UsedMessage(
            @JsonProperty("secret") String secret,
            @JsonProperty("message") String message,
            @JsonProperty("address") String address,
            @JsonProperty("signedAt") Instant signedAt,
            @JsonProperty("until") Instant until) {

        private UsedMessage {
            Objects.requireNonNull(secret, "secret");
            Objects.requireNonNull(message, "message");
            Objects.requireNonNull(address, "address");
            Objects.requireNonNull(signedAt, "signedAt");
            Objects.requireNonNull(until, "until");
        }
    }

    /** Takes up what the journal has. */
    private final class Reader implements Journal.Reader {

        @Override
        public boolean read(String where, byte[] json) throws UnknownFormatException {
            try {
                UsedMessage used = StoredJson.read(where, json, UsedMessage.class);
                var message = new Message(used.secret(), used.message(), used.signedAt());
                add(message, used.address(), used.until()).written = true;
                return true;
            } catch (StoredJson.UnreadableException x) {
                LOGGER.log(Level.WARNING, "Left out a signed message that cannot be read: {0}", x.getMessage());
                lost(where);
                return false;
            }
        }

        /** Refuses all messages that were signed before now, since any of them may have been lost. */
        @Override
        public void lost(String where) {
            oldest = clock.instant().plus(StandardWebhooks.TOLERANCE); // the clock of its sender may be ahead
            LOGGER.log(
                    Level.WARNING,
                    "{0}: signed messages that were used are lost; those that are signed before {1} are refused",
                    new Object[] {where, oldest});
        }
    }

    private final Clock clock;
    private final Clock steady;
    private final int room;
    private final Journal journal;

    // The following fields are guarded by this.

    private final Map<String, Share> shares = new HashMap<>();

    private int records;

    /** The files of the journal that had ended at the last look. At the next one, they have nothing that was used since. */
    private List<Path> ended;

    /** The number of looks at the files so far. */
    private int looks;

    /** The uses of messages that were signed before this may be lost, so these are refused; {@code null} for none. */
    @CheckForNull
    private Instant oldest;

    /** The time for the next look at the files, by the steady clock. */
    private Instant nextLook;

    /** The interval of the last look at what has expired in memory. A clock that was set back begins another one. */
    private long lastSweep;

    private UsedMessageLog(Disk disk, Path folder, Clock clock, Clock steady, int room) throws IOException {
        this.clock = clock;
        this.steady = steady;
        this.room = room;
        nextLook = steady.instant().plus(KEPT);
        journal = Journal.open(disk, folder, new Reader());
        forget(clock.instant());
        ended = journal.startNext();
        looks = 1;
    }

    /**
     * Opens the log, and creates it if there is none.
     *
     * @throws UnknownFormatException if something in it is intact and was written by a newer version of the plugin
     * @throws IOException if the folder cannot be created or read
     */
    public static UsedMessageLog open(Path folder, Clock clock) throws IOException {
        return open(folder, clock, new SteadyClock(), ROOM);
    }

    /**
     * @param steady a clock that is never set: when one that was ahead is set back, a file would grow for that long
     * @param room the number of records that are kept
     */
    public static UsedMessageLog open(Path folder, Clock clock, Clock steady, int room) throws IOException {
        return new UsedMessageLog(Disk.LOCAL, folder, clock, steady, room);
    }

    @Override
    public Answer use(Message message, String address) throws IOException {
        Use use;
        synchronized (this) {
            tidy();
            // Known before it is on disk, so that no other thread uses the message elsewhere meanwhile.
            Answer answer = note(message, address);
            use = find(message);
            if (answer != Answer.USABLE || use == null || use.written) {
                return answer;
            }
        }
        write(message, use);
        return Answer.USABLE;
    }

    @Override
    public synchronized Answer useOnce(Message message, String address) {
        tidy();
        Use known = find(message);
        return known != null && !message.signedAt().isAfter(known.signedAt)
                ? Answer.USED_BEFORE
                : note(message, address);
    }

    private Answer note(Message message, String address) {
        Use known = find(message);
        if (isLost(message.signedAt()) || known != null && !known.address.equals(address)) {
            return Answer.USED_BEFORE;
        }
        if (known == null || !known.covers(message)) {
            if (!hasRoom(message.secret())) {
                return Answer.NO_ROOM;
            }
            add(message, address, clock.instant().plus(KEPT));
        } else {
            known.signedAt = later(known.signedAt, message.signedAt());
        }
        return Answer.USABLE;
    }

    private void write(Message message, Use use) throws IOException {
        UsedMessage stored;
        synchronized (this) {
            stored = use.record(message.secret(), message.id());
        }
        journal.append(StoredJson.write(stored));
        synchronized (this) {
            use.written |= use.until.equals(stored.until());
        }
    }

    private boolean isLost(Instant signedAt) {
        return oldest != null && signedAt.isBefore(oldest);
    }

    @CheckForNull
    private Use find(Message message) {
        Share share = shares.get(message.secret());
        return share == null ? null : share.uses.get(message.id());
    }

    private boolean hasRoom(String secret) {
        Share share = shares.get(secret);
        return (share == null ? 0 : share.records) < Math.max(room - records, room / 100);
    }

    /** Adds a record, which has the use last until a time. */
    private Use add(Message message, String address, Instant until) {
        Share share = shares.computeIfAbsent(message.secret(), unused -> new Share());
        Use use = share.uses.computeIfAbsent(message.id(), unused -> new Use(address, message.signedAt()));
        use.signedAt = later(use.signedAt, message.signedAt());
        use.until = later(use.until, until);
        use.written = false;
        use.look = looks;
        use.records++;
        share.records++;
        records++;
        return use;
    }

    private static Instant later(Instant one, Instant other) {
        return one.isAfter(other) ? one : other;
    }

    private void tidy() {
        Instant now = clock.instant();
        long sweep = now.getEpochSecond() / SWEEP_SECONDS;
        if (sweep != lastSweep) {
            lastSweep = sweep;
            forget(now);
        }
        Instant elapsed = steady.instant();
        if (!elapsed.isBefore(nextLook)) {
            nextLook = elapsed.plus(KEPT);
            forget(now);
            dropFiles();
        }
    }

    private void forget(Instant now) {
        for (Iterator<Share> all = shares.values().iterator(); all.hasNext(); ) {
            Share share = all.next();
            for (Iterator<Use> uses = share.uses.values().iterator(); uses.hasNext(); ) {
                Use use = uses.next();
                if (use.until.isBefore(now)) {
                    share.records -= use.records;
                    records -= use.records;
                    uses.remove();
                }
            }
            if (share.uses.isEmpty()) {
                all.remove();
            }
        }
    }

    /** Deletes the files that had ended at the last look, and ends the present one. */
    private void dropFiles() {
        looks++;
        try {
            writeAgain();
            journal.drop(ended);
        } catch (IOException x) {
            LOGGER.log(Level.WARNING, "Cannot delete signed messages that are not valid any more", x);
        }
        ended = journal.startNext();
    }

    /** Writes again what is valid and only in files that had ended at the last look: the clock was set back since. */
    private void writeAgain() throws IOException {
        var uses = new ArrayList<Use>();
        var records = new ArrayList<byte[]>();
        shares.forEach((secret, share) -> share.uses.forEach((id, use) -> {
            if (use.written && use.look < looks - 1) {
                uses.add(use);
                records.add(StoredJson.write(use.record(secret, id)));
            }
        }));
        if (!records.isEmpty()) {
            journal.append(records);
            uses.forEach(use -> use.look = looks - 1);
        }
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
