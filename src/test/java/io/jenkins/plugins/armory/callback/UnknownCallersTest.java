package io.jenkins.plugins.armory.callback;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.InputStream;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class UnknownCallersTest {

    private final UnknownCallers callers = new UnknownCallers();

    private static RequestBody body() {
        return new RequestBody(null, 1, InputStream::nullInputStream);
    }

    @Test
    void theOneThatWaitsLongestForItsBodyMakesRoom() {
        List<RequestBody> bodies = Stream.generate(UnknownCallersTest::body)
                .limit(UnknownCallers.MOST)
                .toList();
        assertThat(bodies).allMatch(callers::admit);
        bodies.stream().skip(1).forEach(each -> each.reading().begin(Duration.ofHours(1))); // the first has its body

        RequestBody late = body();
        while (!callers.admit(late)) {
            Thread.onSpinWait();
        }

        assertThat(bodies).filteredOn(each -> each.reading().end()).containsExactly(bodies.get(1));
    }
}
