package io.jenkins.plugins.armory.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Holds docs/security.md to the tests: each that it names is there. */
class SecurityPageTest {

    @Test
    void namesTestsThatAreThere() throws IOException {
        var tests = new NamedTests();
        List<String> rows = Files.readString(Path.of("../../docs/security.md"))
                .lines()
                .filter(line -> !NamedTests.in(line).isEmpty())
                .toList();

        assertThat(rows)
                .hasSizeGreaterThan(40)
                .allSatisfy(row -> assertThat(NamedTests.in(row)).allMatch(tests::exists));
    }
}
