package io.jenkins.plugins.armory.storage;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import io.jenkins.plugins.armory.storage.disk.ChecksumLine;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A record in a file of the {@link Journal}, with its place among the writes:
 *
 * <pre>
 * 5d1f09a2 52 50 1/3 {"format":1,"content":{"approval":null,"removed":["a1b2c3"]}}
 * </pre>
 *
 * <p>is the first of the three records of write 52, and write 50 was the last one before it that was acknowledged. So of the writes that
 * were acknowledged, each but the last is named by another one, and is missed if it is damaged.
 *
 * @param write the number of the write
 * @param after the number of the last write before it that was acknowledged, 0 for none
 * @param index the place of the record in the write, from 1
 * @param count the number of records of the write
 */
record JournalLine(long write, long after, int index, int count, byte[] content) {

    private static final Pattern PLACE = Pattern.compile("([0-9]{1,18}) ([0-9]{1,18}) ([0-9]{1,9})/([0-9]{1,9}) ");

    /** The longest place. */
    private static final int MOST_CHARACTERS = 2 * 19 + 2 * 10;

    byte[] toBytes() {
        var line = new ByteArrayOutputStream(MOST_CHARACTERS + content.length);
        line.writeBytes((write + " " + after + " " + index + "/" + count + " ").getBytes(StandardCharsets.ISO_8859_1));
        line.writeBytes(content);
        return ChecksumLine.of(line.toByteArray());
    }

    /**
     * Reads a line, and returns {@code null} if it is damaged.
     *
     * @param end where its line feed is
     */
    @CheckForNull
    static JournalLine read(byte[] lines, int start, int end) {
        byte[] line = ChecksumLine.content(lines, start, end);
        if (line == null) {
            return null;
        }
        var head = new String(line, 0, Math.min(MOST_CHARACTERS, line.length), StandardCharsets.ISO_8859_1);
        Matcher place = PLACE.matcher(head);
        return place.lookingAt()
                ? new JournalLine(
                        Long.parseLong(place.group(1)),
                        Long.parseLong(place.group(2)),
                        Integer.parseInt(place.group(3)),
                        Integer.parseInt(place.group(4)),
                        Arrays.copyOfRange(line, place.end(), line.length))
                : null;
    }
}
