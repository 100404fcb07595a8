package io.jenkins.plugins.armory.call;

import static org.assertj.core.api.Assertions.assertThat;

import io.jenkins.plugins.armory.Seeds;
import io.jenkins.plugins.armory.call.CallPermits.Permit;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class CallPermitsTest {

    private final CallPermits permits = new CallPermits(Runnable::run);
    /** The calls that have begun and are not over, in the order of their beginnings. */
    private final List<Call> inFlight = new ArrayList<>();

    private final class Call {

        private final String job;
        private final String host;
        private final Permit permit;

        Call(String job, String host) {
            this.job = job;
            this.host = host;
            permit = permits.of(job, host);
        }

        /** Asks for the permit, and returns whether the call waits for it. */
        boolean ask() {
            return permit.ask(() -> inFlight.add(this));
        }

        void end() {
            inFlight.remove(this);
            permit.giveBack();
        }
    }

    private Call call(String job, String host) {
        var call = new Call(job, host);
        call.ask();
        return call;
    }

    private void callManyHosts(String job, int calls) {
        IntStream.range(0, calls).forEach(i -> call(job, "host " + i));
    }

    @Test
    void aJobHasSixteenCallsAndAHostEight() {
        callManyHosts("a", 100);
        assertThat(inFlight).hasSize(16);

        IntStream.range(0, 100).forEach(i -> call("b", "slow"));
        assertThat(inFlight).hasSize(24);
        assertThat(new Call("c", "slow").ask()).isTrue();
        assertThat(new Call("c", "another").ask()).isFalse();
    }

    @Test
    void thereAreSixtyFourInAll() {
        for (String job : List.of("a", "b", "c", "d")) {
            callManyHosts(job, 16);
        }

        assertThat(new Call("e", "another").ask()).isTrue();
    }

    @Test
    void theLongestWaitGoesFirstOfThoseThatFit() {
        IntStream.range(0, 8).forEach(i -> call("a", "slow"));
        Call waiting = call("a", "slow");
        callManyHosts("b", 16);
        Call ofBusyJob = call("b", "another");
        Call second = call("a", "slow");
        inFlight.get(8).end(); // of job b

        assertThat(inFlight).contains(ofBusyJob).doesNotContain(waiting);

        inFlight.get(0).end();
        assertThat(inFlight).contains(waiting).doesNotContain(second);
    }

    @Test
    void whatIsGivenUpDoesNotBegin() {
        IntStream.range(0, 8).forEach(i -> call("a", "slow"));
        Call givenUp = call("a", "slow");
        Call next = call("a", "slow");
        givenUp.permit.giveBack();
        inFlight.get(0).end();

        assertThat(inFlight).contains(next).doesNotContain(givenUp);

        var neverAsked = new Call("b", "host");
        neverAsked.permit.giveBack();
        assertThat(neverAsked.ask()).isFalse();
        assertThat(inFlight).doesNotContain(neverAsked);
    }

    @Test
    void aPermitCountsOnce() {
        List<Call> calls =
                IntStream.range(0, 10).mapToObj(i -> call("a", "slow")).toList();
        calls.get(0).end();
        calls.get(0).end();

        assertThat(inFlight).hasSize(8).doesNotContain(calls.get(9));
    }

    @Test
    void nothingIsLostAndNothingIsTooMany() {
        Seeds.each(100, draw -> new CallPermitsTest().check(draw));
    }

    private void check(Random random) {
        var waiting = new ArrayList<Call>();
        for (int asked = 0; asked < 400 || !inFlight.isEmpty() || !waiting.isEmpty(); ) {
            int what = random.nextInt(8);
            if (what < 5 && asked++ < 400) {
                waiting.add(call("job " + random.nextInt(6), "host " + random.nextInt(12)));
            } else if (what == 5 && !waiting.isEmpty()) {
                waiting.remove(random.nextInt(waiting.size())).permit.giveBack();
            } else if (!inFlight.isEmpty()) {
                inFlight.get(random.nextInt(inFlight.size())).end();
            }
            waiting.removeAll(inFlight);
            Map<String, Long> ofJobs = count(call -> call.job);
            Map<String, Long> toHosts = count(call -> call.host);
            assertThat(inFlight).hasSizeLessThanOrEqualTo(64);
            assertThat(ofJobs.values()).allMatch(count -> count <= 16);
            assertThat(toHosts.values()).allMatch(count -> count <= 8);
            assertThat(waiting)
                    .as("each that waits has no room")
                    .allMatch(call -> inFlight.size() == 64
                            || ofJobs.getOrDefault(call.job, 0L) == 16
                            || toHosts.getOrDefault(call.host, 0L) == 8);
        }
    }

    private Map<String, Long> count(Function<Call, String> by) {
        return inFlight.stream().collect(Collectors.groupingBy(by, Collectors.counting()));
    }
}
