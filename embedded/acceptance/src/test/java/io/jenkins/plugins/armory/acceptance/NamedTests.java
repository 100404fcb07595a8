package io.jenkins.plugins.armory.acceptance;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** The tests of the project, to which documents refer as {@code `Class.method`}. */
final class NamedTests {

    private static final Pattern NAME = Pattern.compile("`(\\w+Test)\\.(\\w+)`");

    /** The sources of the classes, by their names; two classes may have the same. */
    private final Map<String, String> sources = new HashMap<>();

    NamedTests() throws IOException {
        for (Path folder : List.of(Path.of("../../src/test"), Path.of("../controller/src/test"), Path.of("src/test"))) {
            try (Stream<Path> files = Files.walk(folder)) {
                for (Path file : files.filter(each -> each.toString().endsWith("Test.java"))
                        .toList()) {
                    sources.merge(
                            file.getFileName().toString().replace(".java", ""), Files.readString(file), String::concat);
                }
            }
        }
    }

    /** The names in a text, with their quotes. */
    static List<String> in(String text) {
        return NAME.matcher(text).results().map(name -> name.group()).toList();
    }

    /** Whether there is a test of that name. */
    boolean exists(String name) {
        Matcher matcher = NAME.matcher(name);
        return matcher.matches()
                && sources.getOrDefault(matcher.group(1), "").contains("void " + matcher.group(2) + "(");
    }
}
