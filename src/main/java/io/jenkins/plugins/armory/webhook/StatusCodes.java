package io.jenkins.plugins.armory.webhook;

import io.jenkins.plugins.armory.webhook.text.Bound;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A set of HTTP status codes, written as {@code 200-299} or {@code 200, 404}. Answers that decide nothing cannot be in
 * it: 1xx, 3xx, and 429 and 5xx, after which the call is repeated.
 */
record StatusCodes(String text, List<int[]> ranges) {

    private static final Pattern RANGE = Pattern.compile("(\\d{3})(?:\\s*-\\s*(\\d{3}))?");

    /**
     * Reads a set.
     *
     * @param field the field of the definition that has the text
     * @throws InvalidWebhookException if the text is no set of such codes
     */
    static StatusCodes parse(String field, String text) {
        WebhookRules.check(field, Bound.LINE, text);
        List<int[]> ranges = new ArrayList<>();
        for (String part : text.split(",", -1)) {
            Matcher range = RANGE.matcher(part.strip());
            if (!range.matches()) {
                throw new InvalidWebhookException(
                        field, "\"" + part.strip() + "\" is no HTTP status; write 200, or 200-299, or 200, 404");
            }
            int first = Integer.parseInt(range.group(1));
            int last = range.group(2) == null ? first : Integer.parseInt(range.group(2));
            check(field, part.strip(), first, last);
            ranges.add(new int[] {first, last});
        }
        return new StatusCodes(text.strip(), ranges);
    }

    private static void check(String field, String range, int first, int last) {
        if (first > last) {
            throw new InvalidWebhookException(field, range + " is empty; write the lower status first");
        }
        if (first < 200 || last > 499) {
            throw new InvalidWebhookException(
                    field, range + " is not between 200 and 499; other answers, such as 503, never mean success");
        }
        if (first < 400 && last >= 300) {
            throw new InvalidWebhookException(field, range + " has a redirect, which is not followed; leave out 3xx");
        }
        if (first <= 429 && last >= 429) {
            throw new InvalidWebhookException(
                    field, range + " has 429, after which the call is repeated; leave it out");
        }
    }

    boolean contains(int status) {
        return ranges.stream().anyMatch(range -> range[0] <= status && status <= range[1]);
    }

    /** Returns the set as it was written. */
    @Override
    public String toString() {
        return text;
    }
}
