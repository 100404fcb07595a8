package io.jenkins.plugins.armory.callback.token;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.junit.jupiter.api.Test;

class LruMapTest {

    @Test
    void dropsTheLeastRecentlyUsedEntry() {
        Map<String, Integer> map = LruMap.ofAtMost(2);
        map.put("a", 1);
        map.put("b", 2);
        map.get("a");

        map.put("c", 3);

        assertThat(map).containsOnlyKeys("a", "c");
    }
}
