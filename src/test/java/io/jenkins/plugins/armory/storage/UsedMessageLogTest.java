package io.jenkins.plugins.armory.storage;

import static java.time.temporal.ChronoUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.jenkins.plugins.armory.approval.MutableClock;
import io.jenkins.plugins.armory.signature.UsedMessages.Answer;
import io.jenkins.plugins.armory.signature.UsedMessages.Message;
import io.jenkins.plugins.armory.storage.disk.UnknownFormatException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class UsedMessageLogTest {

    private static final Instant NOW = Instant.ofEpochSecond(1_700_000_000);
    private static final int ROOM = 200;

    @TempDir
    private Path folder;

    private final MutableClock clock = new MutableClock(NOW);
    private final MutableClock steady = new MutableClock(NOW);
    private UsedMessageLog log;

    @BeforeEach
    void open() throws IOException {
        log = UsedMessageLog.open(folder, clock, steady, ROOM);
    }

    private static Message message(String id, Instant signedAt) {
        return new Message("a", id, signedAt);
    }

    private void restart() throws IOException {
        log.close();
        open();
    }

    private void later(Duration time) {
        clock.set(clock.instant().plus(time));
        steady.set(steady.instant().plus(time));
    }

    private long files() throws IOException {
        try (Stream<Path> all = Files.list(folder)) {
            return all.count();
        }
    }

    @Test
    void aMessageBelongsToTheAddressWhereItWasUsedFirst() throws IOException {
        assertThat(log.use(message("m1", NOW), "CALLBACK a")).isEqualTo(Answer.USABLE);
        assertThat(log.use(message("m1", NOW), "CALLBACK a")).isEqualTo(Answer.USABLE);
        assertThat(log.use(message("m1", NOW), "CALLBACK b")).isEqualTo(Answer.USED_BEFORE);
        assertThat(log.use(message("m1", NOW.plusSeconds(1)), "REHEARSAL a")).isEqualTo(Answer.USED_BEFORE);
        assertThat(log.useOnce(message("m1", NOW.plusSeconds(1)), "PROGRESS a")).isEqualTo(Answer.USED_BEFORE);
        assertThat(log.use(message("m2", NOW), "CALLBACK b")).isEqualTo(Answer.USABLE);
    }

    @Test
    void isKnownAfterARestartAndWithoutAnOrderlyStop() throws IOException {
        log.use(message("m1", NOW), "CALLBACK a");
        UsedMessageLog next = UsedMessageLog.open(folder, clock, steady, ROOM); // as after a kill

        assertThat(next.use(message("m1", NOW), "CALLBACK b")).isEqualTo(Answer.USED_BEFORE);
        assertThat(next.use(message("m1", NOW), "CALLBACK a")).isEqualTo(Answer.USABLE);
        restart();
        restart();
        assertThat(log.use(message("m1", NOW), "CALLBACK b")).isEqualTo(Answer.USED_BEFORE);
    }

    @Test
    void aReportCountsOnceUnlessItIsSignedAnew() throws IOException {
        assertThat(log.useOnce(message("m1", NOW), "PROGRESS a")).isEqualTo(Answer.USABLE);
        assertThat(log.useOnce(message("m1", NOW), "PROGRESS a")).isEqualTo(Answer.USED_BEFORE);
        assertThat(log.useOnce(message("m1", NOW.minusSeconds(1)), "PROGRESS a"))
                .isEqualTo(Answer.USED_BEFORE);
        assertThat(log.useOnce(message("m1", NOW.plusSeconds(1)), "PROGRESS a")).isEqualTo(Answer.USABLE);
        assertThat(log.use(message("m1", NOW.plusSeconds(2)), "CALLBACK a")).isEqualTo(Answer.USED_BEFORE);
        assertThat(log.size()).isZero();
    }

    @Test
    void isKeptWhileAnyAttemptOfItMayBeValid() throws IOException {
        log.use(message("m1", NOW.plus(Duration.ofMinutes(5))), "CALLBACK a"); // by a clock that is ahead
        later(Duration.ofMinutes(10));
        assertThat(log.use(message("m1", NOW), "CALLBACK b")).isEqualTo(Answer.USED_BEFORE);
        restart();
        assertThat(log.use(message("m1", NOW), "CALLBACK b")).isEqualTo(Answer.USED_BEFORE);
    }

    @Test
    void leavesNothingBehind() throws IOException {
        for (int i = 0; i < 100; i++) {
            log.use(message("m" + i, clock.instant()), "CALLBACK a");
        }
        assertThat(files()).isEqualTo(1);

        later(Duration.ofMinutes(11));
        log.use(message("n1", clock.instant()), "CALLBACK a");
        later(Duration.ofMinutes(11));
        log.use(message("n2", clock.instant()), "CALLBACK a");
        later(Duration.ofMinutes(11));
        log.useOnce(message("n3", clock.instant()), "PROGRESS a");

        assertThat(log.size()).isLessThan(300);
        assertThat(log.use(message("m1", clock.instant()), "CALLBACK b")).isEqualTo(Answer.USABLE);
    }

    @Test
    void aClockThatIsSetBackKeepsNothingForLongerAndForgetsNothing() throws IOException {
        log.use(message("ahead", NOW), "CALLBACK a");
        clock.set(NOW.minus(Duration.ofDays(1)));
        for (int i = 0; i < 100; i++) {
            later(Duration.ofMinutes(1));
            log.use(message("m" + i, clock.instant()), "CALLBACK a");
        }

        assertThat(log.size()).as("of 21 messages at most, and the one").isLessThan(22 * 300);
        restart();
        clock.set(NOW);
        assertThat(log.use(message("ahead", NOW), "CALLBACK b")).isEqualTo(Answer.USED_BEFORE);
    }

    @Test
    void deletesWhatAnEarlierRunLeft() throws IOException {
        log.use(message("m1", NOW), "CALLBACK a");
        restart();
        later(Duration.ofMinutes(20));
        log.useOnce(message("n1", clock.instant()), "PROGRESS a");

        assertThat(files()).isZero();
    }

    @Test
    void isNotOpenedWhereItIsOfALaterVersion() throws IOException {
        log.use(message("m1", NOW), "CALLBACK a");
        log.close();
        Path file = folder.resolve("1.log");
        Files.write(file, new JournalLine(1, 0, 1, 1, "{\"format\":2}".getBytes()).toBytes());

        assertThatThrownBy(this::open).isInstanceOf(UnknownFormatException.class);
    }

    @Test
    void isNotUsedIfThatCannotBeWritten() {
        log.close();

        assertThatThrownBy(() -> log.use(message("m1", NOW), "CALLBACK a")).isInstanceOf(IOException.class);
    }

    private int takeAll(String secret) throws IOException {
        int taken = 0;
        while (log.use(new Message(secret, "m" + taken, NOW), "CALLBACK a") == Answer.USABLE) {
            taken++;
        }
        return taken;
    }

    @Test
    void eachSecretMayTakeAsMuchAsItLeavesFree() throws IOException {
        assertThat(takeAll("b")).isEqualTo(ROOM / 2);
        assertThat(takeAll("c")).isEqualTo(ROOM / 4);
        assertThat(log.use(new Message("b", "m0", NOW), "CALLBACK a")).isEqualTo(Answer.USABLE);
        restart();

        assertThat(takeAll("b")).isEqualTo(ROOM / 2);
        assertThat(takeAll("c")).isEqualTo(ROOM / 4);
        assertThat(takeAll("a")).isEqualTo(ROOM / 8);
    }

    @Test
    void thereIsRoomForEachSecretHoweverManyTakeAllTheyCan() throws IOException {
        for (int i = 0; i < 20; i++) {
            assertThat(takeAll("secret " + i)).isBetween(ROOM / 100, ROOM / 2);
        }
    }

    @Test
    void hasRoomAgainTenMinutesLater() throws IOException {
        takeAll("b");
        for (int i = 0; i < ROOM; i++) {
            log.useOnce(new Message("c", "m" + i, NOW), "PROGRESS a");
        }
        assertThat(log.useOnce(new Message("c", "one more", NOW), "PROGRESS a")).isEqualTo(Answer.NO_ROOM);
        later(Duration.ofMinutes(9));
        assertThat(log.useOnce(new Message("c", "one more", clock.instant()), "PROGRESS a"))
                .isEqualTo(Answer.NO_ROOM);
        later(Duration.ofMinutes(2));

        assertThat(takeAll("b")).isEqualTo(ROOM / 2);
        assertThat(log.useOnce(new Message("c", "one more", clock.instant()), "PROGRESS a"))
                .isEqualTo(Answer.USABLE);
    }

    /** It may be signed anew for each attempt. */
    @ParameterizedTest
    @ValueSource(ints = {-300, 0, 300})
    void theSameMessageAgainTakesNoMoreRoomThanItMust(int ahead) throws IOException {
        for (int i = 0; i < 2 * ROOM; i++) {
            clock.set(NOW.plusMillis(100L * i));
            log.use(message("m1", clock.instant().plusSeconds(ahead).truncatedTo(SECONDS)), "CALLBACK a");
        }

        assertThat(log.size()).isLessThan(ahead > 0 ? 41 * 300 : 300);
        assertThat(takeAll("b")).isBetween((ROOM - 41) / 2, ROOM / 2);
    }

    @Test
    void anIdIsOfOneSecret() throws IOException {
        assertThat(log.use(new Message("b", "m1", NOW), "CALLBACK b")).isEqualTo(Answer.USABLE);
        assertThat(log.use(new Message("a", "m1", NOW), "CALLBACK a")).isEqualTo(Answer.USABLE);
        restart();
        assertThat(log.use(new Message("b", "m1", NOW), "CALLBACK a")).isEqualTo(Answer.USED_BEFORE);
        assertThat(log.use(new Message("a", "m1", NOW), "CALLBACK a")).isEqualTo(Answer.USABLE);
    }

    /** An attempt that is repeated has the id of the first, and another timestamp. */
    @Test
    void isKeptForItsLatestAttemptAfterARestartToo() throws IOException {
        log.use(message("m1", NOW.plusSeconds(200)), "CALLBACK a");
        log.use(message("m1", NOW), "CALLBACK a");
        restart();
        later(Duration.ofMinutes(6));
        restart();

        assertThat(log.use(message("m1", NOW.plusSeconds(200)), "CALLBACK b")).isEqualTo(Answer.USED_BEFORE);
    }
}
