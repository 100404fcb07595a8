package io.jenkins.plugins.armory.webhook;

import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import okhttp3.HttpUrl;

/** Replaces the secrets of a request in its answer: as they are, and as JSON and URLs escape them. */
final class SecretMask {

    /** The characters that are shown nowhere. */
    private static final Pattern UNSHOWN = Pattern.compile("[\\p{Cntrl}&&[^\n\t]]");

    /** The longest first, since it may begin with another one. */
    private final List<String> forms;

    SecretMask(Collection<String> secrets) {
        forms = secrets.stream()
                .flatMap(secret -> Stream.concat(Stream.of(secret), partsOfAddress(secret)))
                .map(String::strip) // a header is sent without the spaces around it
                .flatMap(secret -> Stream.of(secret, Escapings.json(secret), Escapings.component(secret)))
                .map(form -> UNSHOWN.matcher(form).replaceAll(""))
                .filter(form -> !form.isEmpty())
                .distinct()
                .sorted(Comparator.comparing(String::length).reversed())
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

    /** See {@link WebhookRequest#mask}. */
    String apply(String text, boolean whole) {
        String masked = UNSHOWN.matcher(text).replaceAll("");
        for (String form : forms) {
            masked = masked.replace(form, "****");
            if (!whole) {
                masked = withoutBeginning(form, masked);
            }
        }
        return masked;
    }

    /** Leaves out the beginning of a secret at the end of a text that was cut off. */
    private static String withoutBeginning(String secret, String text) {
        int length = Math.min(secret.length() - 1, text.length());
        while (!text.endsWith(secret.substring(0, length))) {
            length--;
        }
        return text.substring(0, text.length() - length);
    }
}
