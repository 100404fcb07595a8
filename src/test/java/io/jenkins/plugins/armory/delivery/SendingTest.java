package io.jenkins.plugins.armory.delivery;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class SendingTest {

    private final Sending sending = new Sending(false);
    private final List<Boolean> taken = new ArrayList<>();

    /** The timer may be faster than the thread that notes how the attempt before has ended. */
    @Test
    void anAttemptThatBeginsBeforeTheLastHasEndedIsWaitedFor() {
        sending.begin();
        sending.begin();
        sending.end(false);
        sending.stop();
        sending.whenQuiet(taken::add);
        assertThat(taken).isEmpty();

        sending.end(true);

        assertThat(taken).containsExactly(true);
    }

    @Test
    void everybodyWhoWaitsForTheEndOfAnAttemptIsTold() {
        sending.begin();
        sending.stop();
        sending.whenQuiet(taken::add);
        sending.whenQuiet(taken::add);

        sending.end(true);

        assertThat(taken).containsExactly(true, true);
    }
}
