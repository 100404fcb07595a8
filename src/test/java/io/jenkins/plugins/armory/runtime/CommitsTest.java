package io.jenkins.plugins.armory.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CommitsTest {

    @ParameterizedTest
    @CsvSource({
        "https://git.example.com/x, https://git.example.com/x",
        "https://git.example.com/x@2, https://git.example.com/x@2",
        "https://ci:pass@git.example.com/x, https://git.example.com/x",
        "https://ci:p@ss@git.example.com/x, https://git.example.com/x",
        "https://ci:p@ss@git.example.com/x@2, https://git.example.com/x@2",
        "git@git.example.com:x, git@git.example.com:x",
    })
    void anAddressIsShownWithoutItsPassword(String address, String shown) {
        assertThat(Commits.withoutPassword(address)).isEqualTo(shown);
    }
}
