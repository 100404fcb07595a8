import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Verifies an exported history of decisions, with nothing but a JDK:
 *
 * <pre>
 * java VerifyHistory.java armory-history.ndjson
 * </pre>
 *
 * It prints the hash of the last line. Keep that in a place that whoever could change the file cannot reach: the next export must
 * have a line with this hash.
 */
public final class VerifyHistory {

    private static final String HASH = "\"([0-9a-f]{64})\"";
    private static final Pattern LINE = Pattern.compile(
            "\\{\"content(?:Sha256\":" + HASH + "|\":(\\{.*\\})),\"number\":([0-9]+),\"previous\":" + HASH + ",\"sha256\":" + HASH
                    + "\\}",
            Pattern.DOTALL); // a byte of a character may look like a line break (U+0085)

    private VerifyHistory() {}

    public static void main(String[] arguments) throws Exception {
        if (arguments.length != 1) {
            fail("Give the exported file: java VerifyHistory.java armory-history.ndjson");
        }
        long lines = 0;
        long number = 0;
        String last = null;
        try (InputStream file = new BufferedInputStream(Files.newInputStream(Path.of(arguments[0])))) {
            for (byte[] bytes = next(file); bytes != null; bytes = next(file)) {
                // A character a byte, so that the content keeps its bytes.
                Matcher line = LINE.matcher(new String(bytes, StandardCharsets.ISO_8859_1));
                if (!line.matches()) {
                    fail("The line after number " + number + " is no line of a history");
                }
                String content = line.group(1) != null
                        ? line.group(1)
                        : sha256(line.group(2).getBytes(StandardCharsets.ISO_8859_1));
                long found = Long.parseLong(line.group(3));
                String previous = line.group(4);
                if (!sha256((previous + " " + found + " " + content).getBytes(StandardCharsets.ISO_8859_1))
                        .equals(line.group(5))) {
                    fail("Line number " + found + " was changed");
                }
                if (last != null && (found != number + 1 || !previous.equals(last))) {
                    fail("Line number " + found + " does not follow number " + number);
                }
                if (found == 1 && !previous.equals("0".repeat(64))) {
                    fail("Line number 1 follows another line");
                }
                number = found;
                last = line.group(5);
                lines++;
            }
        }
        System.out.println(lines + " lines, up to number " + number + ". Last: " + last);
    }

    private static byte[] next(InputStream file) throws IOException {
        var line = new ByteArrayOutputStream();
        int next = file.read();
        if (next < 0) {
            return null;
        }
        while (next >= 0 && next != '\n') {
            line.write(next);
            next = file.read();
        }
        byte[] bytes = line.toByteArray();
        boolean isWindows = bytes.length > 0 && bytes[bytes.length - 1] == '\r';
        return isWindows ? Arrays.copyOf(bytes, bytes.length - 1) : bytes;
    }

    private static String sha256(byte[] bytes) throws Exception {
        return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
    }

    private static void fail(String problem) {
        System.err.println(problem + '.');
        System.exit(1);
    }
}
