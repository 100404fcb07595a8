package io.jenkins.plugins.armory.store;

import io.jenkins.plugins.armory.Draw;
import io.jenkins.plugins.armory.webhook.text.Bound;
import java.util.List;
import java.util.Random;
import java.util.function.Supplier;

/** Texts and JSON that favour the edges: of the bounds, of Unicode, of numbers, of nesting. */
final class HostileTexts extends Draw {

    private static final long serialVersionUID = 1L;

    private static final List<String> PIECES = List.of(
            "x",
            " ",
            "\"",
            "\\",
            "\n",
            "\u0000",
            "\u001b[0m",
            "\u007f\u0085",
            "é",
            "漢",
            "\u2028\u2029",
            "\u202e",
            "\ufeff",
            "\ufffe\uffff",
            "\ud83d\ude00",
            "\udbff\udfff",
            "\\ud800",
            "{{",
            "}}",
            "{{context.k}}",
            "</script>",
            "${x}",
            "null");

    private static final List<String> HALVES = List.of("\ud800", "\udfff", "\ude00\ud83d", "\ud83dx");

    private static final List<String> NUMBERS = List.of(
            "0",
            "-0",
            "-0.0",
            "1.0",
            "1e5",
            "0.1",
            "1E-7",
            "1e-400",
            "1e400",
            "-1e400",
            "1e999999999",
            "1e2147483648",
            "1.7976931348623157e308",
            "4.9e-324",
            "2147483648",
            "9223372036854775807",
            "9223372036854775808",
            "123456789012345678901234567890",
            "0.1234567890123456789012345678901234567890",
            "9".repeat(999),
            "9".repeat(1001));

    HostileTexts(Random random) {
        super(random.nextLong());
    }

    /**
     * Returns a text that the bound admits, or that is one or a few characters too long; now and then not of whole
     * characters.
     */
    String text(Bound bound) {
        if (oneIn(3)) {
            return any(List.of("", "x", "prod", "a b", "k.e-y_1"));
        }
        int length = oneIn(bound == Bound.TEXT ? 40 : 4)
                ? bound.most() - 2 + nextInt(4)
                : nextInt(Math.min(bound.most(), 60));
        return ofLength(length);
    }

    private String ofLength(int length) {
        String filler = any(PIECES);
        var text = new StringBuilder();
        while (text.length() < length) {
            text.append(text.length() < 40 ? any(PIECES) : filler);
        }
        int end = Math.min(length, text.length());
        text.setLength(end > 0 && Character.isHighSurrogate(text.charAt(end - 1)) ? end - 1 : end);
        if (oneIn(12)) {
            text.insert(text.length() == 0 ? 0 : nextInt(text.length()), any(HALVES));
        }
        return text.toString();
    }

    /** Returns texts without control characters, as names mostly are. */
    String line(Bound bound) {
        return text(bound).replaceAll("[\\p{Cc}\\u2028\\u2029]", "");
    }

    /** Returns a JSON object, with halves of surrogate pairs as escapes and raw. */
    String object(int depth) {
        return list(depth, "{", "}", () -> string() + ":" + value(depth - 1));
    }

    private String value(int depth) {
        return switch (nextInt(depth > 0 ? 7 : 4)) {
            case 0 -> any(NUMBERS);
            case 1 -> any(List.of("true", "false", "null", "\"\"", "[]", "{}"));
            case 2, 3 -> string();
            case 4 -> list(depth, "[", "]", () -> value(depth - 1));
            case 5 -> "[".repeat(28) + "1" + "]".repeat(28);
            default -> object(depth);
        };
    }

    private String list(int depth, String start, String end, Supplier<String> entry) {
        var json = new StringBuilder(start);
        for (int i = nextInt(depth > 2 ? 5 : 3); i > 0; i--) {
            json.append(json.length() > start.length() ? "," : "").append(entry.get());
        }
        return json.append(end).toString();
    }

    /** Returns a string of JSON and of YAML, in which any character may be an escape. */
    String string() {
        boolean escapes = nextBoolean();
        var json = new StringBuilder("\"");
        String text = oneIn(60) ? ofLength(30_000 + nextInt(4_000)) : ofLength(nextInt(12));
        for (char c : text.toCharArray()) {
            if (c < 0x20 || c == '"' || c == '\\' || c == 0x7f || Character.isSurrogate(c) || escapes && c > 0x7f) {
                json.append("\\u%04x".formatted((int) c));
            } else {
                json.append(c);
            }
        }
        return json.append('"').toString();
    }
}
