package io.jenkins.plugins.armory.storage.history;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Objects;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.kohsuke.accmod.Restricted;
import org.kohsuke.accmod.restrictions.NoExternalUse;

/**
 * A line of the history of decisions: a content, its number, and two hashes that chain it to the line before.
 *
 * <pre>
 * {"content":{"approval":"a1b2c3",...},"number":7,"previous":"9f86...","sha256":"60303..."}
 * {"contentSha256":"2c26...","number":8,"previous":"60303...","sha256":"fcde2..."}
 * </pre>
 *
 * The second form is for readers who may not see the content. {@code sha256} is the SHA-256 of the text {@code previous},
 * space, {@code number}, space, {@code contentSha256}; {@code contentSha256} is the one of the content's bytes. So a line can be
 * verified in both forms. Every object has its members in the order of their names, without white space between them.
 *
 * @param previous the hash of the line before
 * @param hash the hash of the line, which the next one repeats
 * @param content the content as it is in the line, {@code null} if it is hidden
 */
@Restricted(NoExternalUse.class)
public record HistoryLine(
        long number,
        String previous,
        String contentHash,
        String hash,
        @CheckForNull byte[] content) {

    /** The {@code previous} of the first line. */
    static final String START = "0".repeat(64);

    private static final String HASH = "\"([0-9a-f]{64})\"";
    private static final Pattern END =
            Pattern.compile(",\"number\":([1-9][0-9]{0,17}),\"previous\":" + HASH + ",\"sha256\":" + HASH + "\\}\\z");
    /** No longer than what {@link #END} matches at most. */
    private static final int LONGEST_END = 220;

    private static final String CONTENT = "{\"content\":";
    private static final Pattern HIDDEN = Pattern.compile("\\{\"contentSha256\":" + HASH);

    /**
     * Returns a new line.
     *
     * @param content an object as {@link HistoryContent} writes it
     */
    static HistoryLine of(long number, String previous, byte[] content) {
        String contentHash = sha256(content);
        return new HistoryLine(number, previous, contentHash, chain(previous, number, contentHash), content);
    }

    /**
     * Reads a line.
     *
     * @param line without its line feed
     * @return {@code null} if it is no line of a history
     */
    @CheckForNull
    static HistoryLine parse(byte[] line) {
        int endStart = Math.max(0, line.length - LONGEST_END);
        Matcher end = END.matcher(new String(line, endStart, line.length - endStart, StandardCharsets.ISO_8859_1));
        if (!end.find()) {
            return null;
        }
        int contentEnd = endStart + end.start();
        var start = new String(line, 0, Math.min(contentEnd, 90), StandardCharsets.ISO_8859_1);
        byte[] content = null;
        String contentHash;
        Matcher hidden = HIDDEN.matcher(start);
        if (start.startsWith(CONTENT)) {
            content = Arrays.copyOfRange(line, CONTENT.length(), contentEnd);
            contentHash = sha256(content);
        } else if (hidden.matches()) {
            contentHash = hidden.group(1);
        } else {
            return null;
        }
        return new HistoryLine(Long.parseLong(end.group(1)), end.group(2), contentHash, end.group(3), content);
    }

    private static String chain(String previous, long number, String contentHash) {
        return sha256((previous + ' ' + number + ' ' + contentHash).getBytes(StandardCharsets.US_ASCII));
    }

    private static String sha256(byte[] bytes) {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
        } catch (NoSuchAlgorithmException x) {
            throw new IllegalStateException(x); // every Java has it
        }
    }

    /** Returns whether the hash goes with the rest of the line: content, number and previous hash are as they were written. */
    boolean isIntact() {
        return hash.equals(chain(previous, number, contentHash));
    }

    /** Returns what the content says about itself; {@code null} if it is hidden or cannot be read. */
    @CheckForNull
    HistoryContent.Index index() {
        try {
            return content == null ? null : HistoryContent.index(content);
        } catch (IOException x) {
            return null;
        }
    }

    /** Returns the line for those who may see the content, without a line feed. */
    public byte[] bytes() {
        byte[] shown = Objects.requireNonNull(content, "the content is hidden");
        var line = new ByteArrayOutputStream();
        line.writeBytes(CONTENT.getBytes(StandardCharsets.US_ASCII));
        line.writeBytes(shown);
        line.writeBytes(end());
        return line.toByteArray();
    }

    /** Returns the line for those who may not, without a line feed. */
    public byte[] withoutContent() {
        var end = new String(end(), StandardCharsets.US_ASCII);
        return ("{\"contentSha256\":\"" + contentHash + '"' + end).getBytes(StandardCharsets.US_ASCII);
    }

    private byte[] end() {
        return (",\"number\":" + number + ",\"previous\":\"" + previous + "\",\"sha256\":\"" + hash + "\"}")
                .getBytes(StandardCharsets.US_ASCII);
    }
}
