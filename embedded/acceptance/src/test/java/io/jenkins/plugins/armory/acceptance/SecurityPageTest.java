package io.jenkins.plugins.armory.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Holds docs/security.md to the tests: each that it names is there. */
class SecurityPageTest {

    private static final Pattern NAME = Pattern.compile("`(\\w+Test)\\.(\\w+)`");

    @Test
    void namesTestsThatAreThere() throws IOException {
        Map<String, String> sources = new HashMap<>();
        for (Path folder : List.of(Path.of("../../src/test"), Path.of("src/test"))) {
            try (Stream<Path> files = Files.walk(folder)) {
                for (Path file : files.filter(each -> each.toString().endsWith("Test.java"))
                        .toList()) {
                    sources.put(file.getFileName().toString().replace(".java", ""), Files.readString(file));
                }
            }
        }
        List<String> rows = Files.readString(Path.of("../../docs/security.md"))
                .lines()
                .filter(line -> NAME.matcher(line).find())
                .toList();

        assertThat(rows).hasSizeGreaterThan(40).allSatisfy(row -> assertThat(
                        NAME.matcher(row).results())
                .allSatisfy(name -> assertThat(sources.getOrDefault(name.group(1), ""))
                        .as(name.group())
                        .contains("void " + name.group(2) + "(")));
    }
}
