package io.jenkins.plugins.armory.acceptance.driver;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Properties;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * A language that nobody speaks, for the files of texts of the plugin. Its translations are the English texts between brackets, but for
 * what is filled in: in {@code ⟦Approve ⟧job #1⟦?⟧}, the name of the build is outside. So text outside of brackets is either data, or
 * English that does not come from a file of texts.
 */
public final class MadeUpLanguage {

    /** Reserved for such use by CLDR; no Jenkins has a translation to it. */
    public static final String NAME = "qps";

    private static final Pattern FILLED_IN = Pattern.compile("(?<=\\{\\d\\})|(?=\\{\\d\\})");
    private static final Pattern TRANSLATED = Pattern.compile("⟦[^⟧]*⟧");

    private MadeUpLanguage() {}

    /**
     * Translates all files of texts, and returns the options with which a controller speaks the language. The translations go where
     * every class loader looks first, since a plugin takes its texts from its own.
     *
     * @param folder for the translations
     */
    public static String[] speakingOptions(Path folder) {
        Path inRoot = Path.of("src/main/resources");
        Path resources = Files.exists(inRoot) ? inRoot : Path.of("../../src/main/resources");
        try (Stream<Path> files = Files.walk(resources)) {
            for (Path file :
                    files.filter(each -> each.endsWith("Messages.properties")).toList()) {
                translate(
                        file,
                        folder.resolve(resources.relativize(file).toString())
                                .resolveSibling("Messages_" + NAME + ".properties"));
            }
        } catch (IOException x) {
            throw new UncheckedIOException(x);
        }
        return new String[] {"-Xbootclasspath/a:" + folder, "-Duser.language=" + NAME, "-Duser.country="};
    }

    private static void translate(Path file, Path to) throws IOException {
        Properties texts = new Properties();
        try (InputStream in = Files.newInputStream(file)) {
            texts.load(in);
        }
        texts.replaceAll((name, text) -> translated(String.valueOf(text)));
        Files.createDirectories(to.getParent());
        try (OutputStream out = Files.newOutputStream(to)) {
            texts.store(out, null);
        }
    }

    private static String translated(String text) {
        StringBuilder translated = new StringBuilder();
        for (String part : FILLED_IN.split(text)) {
            translated.append(part.matches("\\{\\d}") ? part : "⟦" + part + "⟧");
        }
        return translated.toString();
    }

    /** Returns what is outside of brackets in a text, less the data in it. */
    public static String untranslated(String text, List<String> data) {
        String rest = TRANSLATED.matcher(text).replaceAll(" ");
        for (String each : data) {
            rest = rest.replace(each, " ");
        }
        return rest.strip();
    }
}
