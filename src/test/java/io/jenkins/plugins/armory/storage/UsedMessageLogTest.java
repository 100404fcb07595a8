package io.jenkins.plugins.armory.storage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.jenkins.plugins.armory.approval.MutableClock;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class UsedMessageLogTest {

    private static final Instant NOW = Instant.ofEpochSecond(1_700_000_000);

    @TempDir
    private Path folder;

    private final MutableClock clock = new MutableClock(NOW);
    private UsedMessageLog log;

    @BeforeEach
    void open() throws IOException {
        log = UsedMessageLog.open(folder, clock);
    }

    private void restart() throws IOException {
        log.close();
        open();
    }

    private void later(Duration time) {
        clock.set(clock.instant().plus(time));
    }

    private long files() throws IOException {
        try (Stream<Path> all = Files.list(folder)) {
            return all.count();
        }
    }

    @Test
    void aMessageBelongsToTheAddressWhereItWasUsedFirst() throws IOException {
        assertThat(log.use("m1", "CALLBACK a", NOW)).isTrue();
        assertThat(log.use("m1", "CALLBACK a", NOW)).isTrue();
        assertThat(log.use("m1", "CALLBACK b", NOW)).isFalse();
        assertThat(log.use("m1", "REHEARSAL a", NOW.plusSeconds(1))).isFalse();
        assertThat(log.useOnce("m1", "PROGRESS a", NOW.plusSeconds(1))).isFalse();
        assertThat(log.use("m2", "CALLBACK b", NOW)).isTrue();
    }

    @Test
    void isKnownAfterARestartAndWithoutAnOrderlyStop() throws IOException {
        log.use("m1", "CALLBACK a", NOW);
        UsedMessageLog next = UsedMessageLog.open(folder, clock); // as after a kill

        assertThat(next.use("m1", "CALLBACK b", NOW)).isFalse();
        assertThat(next.use("m1", "CALLBACK a", NOW)).isTrue();
        restart();
        restart();
        assertThat(log.use("m1", "CALLBACK b", NOW)).isFalse();
    }

    @Test
    void aReportCountsOnceUnlessItIsSignedAnew() throws IOException {
        assertThat(log.useOnce("m1", "PROGRESS a", NOW)).isTrue();
        assertThat(log.useOnce("m1", "PROGRESS a", NOW)).isFalse();
        assertThat(log.useOnce("m1", "PROGRESS a", NOW.minusSeconds(1))).isFalse();
        assertThat(log.useOnce("m1", "PROGRESS a", NOW.plusSeconds(1))).isTrue();
        assertThat(log.use("m1", "CALLBACK a", NOW.plusSeconds(2))).isFalse();
        assertThat(log.size()).isZero();
    }

    @Test
    void isKeptWhileAnyAttemptOfItMayBeValid() throws IOException {
        log.use("m1", "CALLBACK a", NOW.plus(Duration.ofMinutes(5))); // by a clock that is ahead
        later(Duration.ofMinutes(10));
        assertThat(log.use("m1", "CALLBACK b", NOW)).isFalse();
        restart();
        assertThat(log.use("m1", "CALLBACK b", NOW)).isFalse();
    }

    @Test
    void leavesNothingBehind() throws IOException {
        for (int i = 0; i < 100; i++) {
            log.use("m" + i, "CALLBACK a", clock.instant());
        }
        assertThat(files()).isEqualTo(1);

        later(Duration.ofMinutes(11));
        log.use("n1", "CALLBACK a", clock.instant());
        later(Duration.ofMinutes(11));
        log.use("n2", "CALLBACK a", clock.instant());
        later(Duration.ofMinutes(11));
        log.useOnce("n3", "PROGRESS a", clock.instant());

        assertThat(log.size()).isLessThan(300);
        assertThat(log.use("m1", "CALLBACK b", clock.instant())).isTrue();
    }

    @Test
    void deletesWhatAnEarlierRunLeft() throws IOException {
        log.use("m1", "CALLBACK a", NOW);
        restart();
        later(Duration.ofMinutes(20));
        log.useOnce("n1", "PROGRESS a", clock.instant());

        assertThat(files()).isZero();
    }

    @Test
    void isNotOpenedWhereItIsOfALaterVersion() throws IOException {
        log.use("m1", "CALLBACK a", NOW);
        log.close();
        Path file = folder.resolve("1.log");
        Files.write(file, new JournalLine(1, 0, 1, 1, "{\"format\":2}".getBytes()).toBytes());

        assertThatThrownBy(this::open).isInstanceOf(UnknownFormatException.class);
    }

    @Test
    void isNotUsedIfThatCannotBeWritten() {
        log.close();

        assertThatThrownBy(() -> log.use("m1", "CALLBACK a", NOW)).isInstanceOf(IOException.class);
    }

    @Test
    void hasALimit() throws IOException {
        for (int i = 0; i < UsedMessageLog.MAX; i++) {
            log.useOnce("m" + i, "PROGRESS a", NOW);
        }
        assertThatThrownBy(() -> log.useOnce("one more", "PROGRESS a", NOW))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("100000 signed messages");

        later(Duration.ofMinutes(6));

        assertThat(log.useOnce("one more", "PROGRESS a", clock.instant())).isTrue();
    }

    /** An attempt that is repeated has the id of the first, and another timestamp. */
    @Test
    void isKeptForItsLatestAttemptAfterARestartToo() throws IOException {
        log.use("m1", "CALLBACK a", NOW.plusSeconds(200));
        log.use("m1", "CALLBACK a", NOW);
        restart();
        later(Duration.ofMinutes(6));
        restart();

        assertThat(log.use("m1", "CALLBACK b", NOW.plusSeconds(200))).isFalse();
    }
}
