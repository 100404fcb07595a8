package io.jenkins.plugins.armory.acceptance.driver;

import java.time.Duration;
import org.awaitility.Awaitility;
import org.awaitility.core.ConditionFactory;

/**
 * How everything that takes its time is waited for: until it is so, and with a limit that only something that hangs
 * reaches. How long things take is not what these tests are about.
 */
public final class Wait {

    static final Duration LIMIT = Duration.ofMinutes(5);

    private Wait() {}

    /** @param what is waited for, for the message when it does not come */
    public static ConditionFactory until(String what) {
        return Awaitility.await(what)
                .pollDelay(Duration.ZERO)
                .pollInterval(Duration.ofMillis(50))
                .atMost(LIMIT);
    }
}
