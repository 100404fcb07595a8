package io.jenkins.plugins.armory.acceptance.driver;

import java.time.Duration;
import org.awaitility.Awaitility;
import org.awaitility.core.ConditionFactory;
import org.awaitility.pollinterval.IterativePollInterval;

/**
 * How everything that takes its time is waited for: until it is so, and with a limit that only something that hangs
 * reaches. How long things take is not what these tests are about.
 */
public final class Wait {

    static final Duration LIMIT = Duration.ofMinutes(5);

    private static final Duration LONGEST_PAUSE = Duration.ofMillis(300);

    private Wait() {}

    /** @param what is waited for, for the message when it does not come */
    public static ConditionFactory until(String what) {
        return Awaitility.await(what)
                .pollDelay(Duration.ZERO)
                .pollInterval(IterativePollInterval.iterative(Wait::longer, Duration.ofMillis(20)))
                .atMost(LIMIT);
    }

    /** What comes soon is seen soon; asking often for what takes long would take the processor from the controller. */
    private static Duration longer(Duration pause) {
        return pause.compareTo(LONGEST_PAUSE) < 0 ? pause.multipliedBy(3).dividedBy(2) : pause;
    }
}
