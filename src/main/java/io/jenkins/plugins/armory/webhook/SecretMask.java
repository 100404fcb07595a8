package io.jenkins.plugins.armory.webhook;

import java.nio.charset.StandardCharsets;
import java.util.Collection;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import okhttp3.HttpUrl;

/**
 * Replaces the secrets of a request in what its receiver says, however the receiver has escaped them: for JSON, XML or a URI. Libraries
 * differ in what they escape, so each character of a secret may stand in each of its forms.
 */
final class SecretMask {

    private static final String MASK = "****";

    /** The characters that are shown nowhere. */
    private static final Pattern UNSHOWN = Pattern.compile("[\\p{Cntrl}&&[^\n\t]]");

    private static final Pattern NEVER_ESCAPED = Pattern.compile("[0-9A-Za-z]");

    /** What {@link #lengthAt} returns for a secret that is longer than the rest of the text. */
    private static final int CUT_OFF = -1;

    /** The forms of each character of each secret, the longest secret first. */
    private final List<List<Set<String>>> secrets;

    SecretMask(Collection<String> secrets) {
        this.secrets = secrets.stream()
                .flatMap(secret -> Stream.concat(Stream.of(secret), partsOfAddress(secret)))
                .map(String::strip) // a header is sent without the spaces around it
                .filter(secret -> !secret.isEmpty())
                .distinct()
                .sorted(Comparator.comparing(String::length).reversed())
                .map(secret -> secret.codePoints().mapToObj(SecretMask::forms).toList())
                .toList();
    }

    /** Returns what the receiver sees of an address and may quote: path and query, as they are sent and decoded. */
    private static Stream<String> partsOfAddress(String secret) {
        HttpUrl url = HttpUrl.parse(secret);
        return url == null
                ? Stream.of()
                : Stream.of(
                                url.encodedPath().substring(1),
                                String.join("/", url.pathSegments()),
                                url.encodedQuery(),
                                url.query())
                        .filter(Objects::nonNull);
    }

    private static Set<String> forms(int codePoint) {
        String plain = Character.toString(codePoint);
        if (NEVER_ESCAPED.matcher(plain).matches()) {
            return Set.of(plain);
        }
        HexFormat hex = HexFormat.of();
        String unicode = plain.chars()
                .mapToObj(unit -> "\\u" + hex.toHexDigits((char) unit))
                .collect(Collectors.joining());
        String percent = HexFormat.of().withPrefix("%").formatHex(plain.getBytes(StandardCharsets.UTF_8));
        String entity = "&#x" + Integer.toHexString(codePoint) + ";";
        Stream<String> withCapitals = Stream.of(unicode, percent, entity)
                .flatMap(form -> Stream.of(
                        form,
                        form.toUpperCase(Locale.ROOT).replace("\\U", "\\u").replace("&#X", "&#x")));
        Stream<String> others = Stream.of(
                UNSHOWN.matcher(plain).replaceAll(""),
                "\\" + plain,
                Escapings.json(plain),
                Escapings.xml(plain),
                "&#" + codePoint + ";");
        return Stream.concat(withCapitals, others).collect(Collectors.toUnmodifiableSet());
    }

    /** See {@link WebhookRequest#mask}. */
    String apply(String text, boolean whole) {
        String masked = UNSHOWN.matcher(text).replaceAll("");
        for (List<Set<String>> secret : secrets) {
            masked = without(secret, masked, whole);
        }
        return masked;
    }

    private static String without(List<Set<String>> secret, String text, boolean whole) {
        var masked = new StringBuilder();
        for (int i = 0; i < text.length(); ) {
            int length = lengthAt(text, i, secret);
            if (length == CUT_OFF && !whole) {
                break;
            }
            masked.append(length > 0 ? MASK : text.substring(i, i + 1));
            i += Math.max(1, length);
        }
        return masked.toString();
    }

    /** Returns the length of a secret that begins at an index of a text; 0 if none does, {@link #CUT_OFF} if the text ends before it. */
    private static int lengthAt(String text, int start, List<Set<String>> secret) {
        var ends = new TreeSet<Integer>(Set.of(start));
        boolean isCutOff = false;
        for (Set<String> forms : secret) {
            var next = new TreeSet<Integer>();
            for (int end : ends) {
                int left = text.length() - end;
                for (String form : forms) {
                    if (text.startsWith(form, end)) {
                        next.add(end + form.length());
                    } else if (left < form.length() && form.regionMatches(0, text, end, left)) {
                        isCutOff = true;
                    }
                }
            }
            if (next.isEmpty()) {
                return isCutOff ? CUT_OFF : 0;
            }
            ends = next;
        }
        return ends.last() - start;
    }
}
