package io.jenkins.plugins.armory.acceptance.driver;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;

/** The examples of Pipelines in the documents. */
public final class Recipes {

    private static final Pattern EXAMPLE = Pattern.compile("```groovy\\n(.*?)```", Pattern.DOTALL);

    private Recipes() {}

    /**
     * Returns the examples in a section.
     *
     * @param process what their webhook {@code smoke-tests} calls
     */
    public static List<String> in(String page, String section, ExternalProcess process) {
        String approval = process.approval();
        String text =
                read(page).split("\n## " + Pattern.quote(section) + "\n")[1].split("\n## ")[0];
        return EXAMPLE.matcher(text)
                .results()
                .map(found -> found.group(1)
                        .replace(
                                "armoryWebhookApproval(webhook: 'smoke-tests'",
                                approval.substring(0, approval.length() - 1)))
                .toList();
    }

    private static String read(String page) {
        try {
            return Files.readString(Path.of("../../docs", page));
        } catch (IOException x) {
            throw new UncheckedIOException(x);
        }
    }
}
