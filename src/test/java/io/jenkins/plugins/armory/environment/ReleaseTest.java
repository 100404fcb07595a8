package io.jenkins.plugins.armory.environment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Map;
import org.junit.jupiter.api.Test;

class ReleaseTest {

    @Test
    void whatAPipelineMaySay() {
        for (String version : new String[] {null, "7", "2.7.1", "a.example/cart@sha256:4f1c", "cart 2 (new)"}) {
            assertThatCode(() -> Release.check(version, "cart")).doesNotThrowAnyException();
        }
    }

    @Test
    void whatItMayNotSay() {
        for (String version : new String[] {"", " 7", "7\n", "v\u00fc", "1\t2"}) {
            assertThatThrownBy(() -> Release.check(version, null))
                    .hasMessageStartingWith("version: must be one line of printable ASCII");
        }
        assertThatThrownBy(() -> Release.check("7".repeat(1025), null)).hasMessageStartingWith("version: is longer");
        assertThatThrownBy(() -> Release.check("7", "\u00fc"))
                .hasMessageStartingWith("application: must be one line of printable ASCII");
        assertThatThrownBy(() -> Release.check("7", "shop/cart")).hasMessageStartingWith("application: has a slash");
    }

    @Test
    void withoutAVersionTemplatesKnowTheApplication() {
        assertThat(new Release("shop/cart", null).variables()).isEqualTo(Map.of("armory.application", "shop/cart"));
    }
}
