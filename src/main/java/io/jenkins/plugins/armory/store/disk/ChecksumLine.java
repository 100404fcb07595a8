package io.jenkins.plugins.armory.store.disk;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.zip.CRC32C;
import org.kohsuke.accmod.Restricted;
import org.kohsuke.accmod.restrictions.NoExternalUse;

/**
 * A line that shows whether it is intact, the form of everything that the plugin stores: the CRC-32C of the rest in
 * eight hexadecimal digits, a space, and the rest, which has no line feed. CRC-32C finds every change of up to three
 * bits in a line.
 */
@Restricted(NoExternalUse.class)
public final class ChecksumLine {

    private static final int CHECKSUM_DIGITS = 8;

    private ChecksumLine() {}

    /** Returns the line of some content, with its line feed. */
    public static byte[] of(byte[] content) {
        var line = new ByteArrayOutputStream(CHECKSUM_DIGITS + 2 + content.length);
        line.writeBytes(checksum(content).getBytes(StandardCharsets.ISO_8859_1));
        line.write(' ');
        line.writeBytes(content);
        line.write('\n');
        return line.toByteArray();
    }

    /**
     * Returns the content of a line, {@code null} if it is damaged.
     *
     * @param end where its line feed is
     */
    @CheckForNull
    public static byte[] content(byte[] lines, int start, int end) {
        int from = start + CHECKSUM_DIGITS + 1;
        if (from > end || lines[from - 1] != ' ') {
            return null;
        }
        byte[] content = Arrays.copyOfRange(lines, from, end);
        var said = new String(lines, start, CHECKSUM_DIGITS, StandardCharsets.ISO_8859_1);
        return said.equals(checksum(content)) ? content : null;
    }

    private static String checksum(byte[] content) {
        var crc = new CRC32C();
        crc.update(content);
        return HexFormat.of().toHexDigits((int) crc.getValue());
    }
}
