package io.jenkins.plugins.armory.call;

import static org.assertj.core.api.Assertions.assertThat;

import io.jenkins.plugins.armory.approval.Approval;
import io.jenkins.plugins.armory.approval.Attempt;
import io.jenkins.plugins.armory.approval.BuildRef;
import io.jenkins.plugins.armory.approval.Channel;
import io.jenkins.plugins.armory.approval.Decision;
import io.jenkins.plugins.armory.approval.Event;
import io.jenkins.plugins.armory.approval.OutgoingCalls;
import io.jenkins.plugins.armory.approval.Progress;
import io.jenkins.plugins.armory.approval.TestApproval;
import io.jenkins.plugins.armory.approval.TestEvents;
import io.jenkins.plugins.armory.call.FakeRequests.Call;
import io.jenkins.plugins.armory.store.TestBuilds;
import io.jenkins.plugins.armory.webhook.AnswerRule;
import io.jenkins.plugins.armory.webhook.Judgement;
import io.jenkins.plugins.armory.webhook.Judgement.Verdict;
import io.jenkins.plugins.armory.webhook.StatusCheck;
import io.jenkins.plugins.armory.webhook.Webhook;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.Test;

class StatusPollsTest extends CallLoopFixture {

    private static final Duration EVERY = Duration.ofSeconds(30);
    /** The number of questions of one job to one host at once. */
    private static final int TO_ONE_HOST = 8;
    /** Longer than the interval with its random part. */
    private static final Duration ONE_ROUND = Duration.ofSeconds(33);

    private final List<Call> questions = calls;

    StatusPollsTest() {
        super(true, 0.5);
    }

    private static TestApproval terms(String id, String host) {
        return terms("job", id, host);
    }

    private static TestApproval terms(String job, String id, String host) {
        Webhook asking = Webhook.named("status")
                .method("GET")
                .uriTemplate("https://" + host + "/builds/" + id)
                .disableCallback(true)
                .answer(AnswerRule.ofStatus("/state", null, List.of("passed"), List.of("failed")))
                .build();
        Webhook starting =
                Webhook.named("w").uriTemplate("https://" + host + "/").build();
        return TestApproval.of(id, new BuildRef(job, 1))
                .webhook("w")
                .through(Set.of(Channel.CALLBACK, Channel.STATUS))
                .timeout(START, Duration.ofHours(2))
                .calls(new OutgoingCalls(starting, null, new StatusCheck(asking, EVERY), null, Map.of(), Map.of()));
    }

    private void start(TestApproval terms) throws IOException {
        Approval approval = terms.start();
        TestBuilds.create(approvals, approval);
        approvals.attach(approval.id(), new NotingObserver(log));
        approvals.apply(
                approval.id(),
                new Event.Sent(new Attempt(1, START, "https://ci", 202, Duration.ZERO, null, "", null, Map.of())));
    }

    private void start(String id) throws IOException {
        start(terms(id, "ci.example.com"));
    }

    private static CallResult said(Verdict verdict, String value) {
        return CallResult.judged(
                200, "{}", new Judgement(verdict, "/state is \"" + value + "\""), null, Map.of(), null);
    }

    private void answer(CallResult result) {
        questions.remove(0).answer(result);
    }

    private Approval approval(String id) throws IOException {
        return approvals.find(id).orElseThrow();
    }

    /** A receiver that refuses replays, as Standard Webhooks ask for, would refuse every question after the first. */
    @Test
    void eachQuestionIsAMessageOfItsOwn() throws IOException {
        start("a1");
        timer.pass(ONE_ROUND);
        Call first = questions.get(0);
        answer(said(Verdict.NEITHER, "running"));
        timer.pass(ONE_ROUND);
        Call second = questions.get(0);
        restart();
        timer.pass(Duration.ofMillis(1));
        Call third = questions.get(0);

        assertThat(List.of(first.key(), second.key(), third.key())).doesNotHaveDuplicates();
    }

    @Test
    void anAnswerMayMoveTheNextQuestionAlsoAfterARestart() throws IOException {
        start("a1");
        timer.pass(ONE_ROUND);
        Map<String, String> found = Map.of("armory.answerLocation", "https://ci.example.com/2");
        answer(CallResult.judged(200, "{}", new Judgement(Verdict.NEITHER, "nothing yet"), null, found, null));
        assertThat(approval("a1").lastAttempt().found()).isEqualTo(found);
        restart();

        assertThat(approval("a1").lastAttempt().found()).isEqualTo(found);
        timer.pass(Duration.ofMillis(1));
        answer(said(Verdict.NEITHER, "running"));
        assertThat(approval("a1").lastAttempt().found()).as("it stays").isEqualTo(found);
    }

    @Test
    void asksAgainAndAgainUntilAnAnswerDecides() throws IOException {
        start("a1");
        timer.pass(EVERY.minusSeconds(1));
        assertThat(questions).isEmpty();

        timer.pass(Duration.ofSeconds(4));
        assertThat(questions).extracting(Call::approval).containsExactly("a1");
        timer.pass(Duration.ofMinutes(5));
        assertThat(questions).as("one question at a time").hasSize(1);
        answer(said(Verdict.NEITHER, "running"));
        assertThat(approvals.progressOf("a1").map(Progress::mdMessage)).contains("/state is \"running\"");
        timer.pass(ONE_ROUND);
        answer(said(Verdict.SUCCESS, "passed"));

        assertThat(approval("a1").requireDecision())
                .returns(Decision.Outcome.SUCCESS, Decision::outcome)
                .returns("/state is \"passed\"", Decision::mdMessage)
                .returns("status of https://ci.example.com", Decision::decidedBy);
        assertThat(approval("a1").isClosed()).isTrue();
        timer.pass(Duration.ofHours(1));
        assertThat(questions).isEmpty();
        assertThat(log).isEmpty();
    }

    @Test
    void aFailureDecidesTooAndAPersonMayStillHaveToApprove() throws IOException {
        start("a1");
        start(terms("a2", "ci.example.com").manual(TestApproval.requirement("Go?", List.of(), 1)));
        timer.pass(ONE_ROUND);

        answer(said(Verdict.FAILURE, "failed"));
        answer(said(Verdict.SUCCESS, "passed"));
        timer.pass(Duration.ofHours(1));

        assertThat(approval("a1").requireDecision().outcome()).isEqualTo(Decision.Outcome.FAILURE);
        assertThat(approval("a2").isDecided()).isFalse();
        assertThat(approval("a2").callback().isSuccess()).isTrue();
        assertThat(questions).as("there is a verdict").isEmpty();
    }

    @Test
    void errorsDecideNothingAndAreLoggedWhenTheyChange() throws IOException {
        start("a1");
        CallResult down = CallResult.notMade("https://ci.example.com cannot be connected to", true);
        for (CallResult result : List.of(
                down,
                down,
                said(Verdict.NO_VALUE, "x"),
                CallResult.refused(404, "https://ci.example.com answered 404", false, null, ""),
                said(Verdict.NEITHER, "running"),
                down)) {
            timer.pass(ONE_ROUND);
            answer(result);
        }
        requests.undeliverable = "webhook 'status': there is no secret.";
        timer.pass(ONE_ROUND);

        String again = ". Jenkins asks again every 30 seconds.";
        assertThat(log)
                .containsExactly(
                        "WARNING: w: The status cannot be read: https://ci.example.com cannot be connected to" + again,
                        "WARNING: w: The status cannot be read: https://ci.example.com: /state is \"x\"" + again,
                        "WARNING: w: The status cannot be read: https://ci.example.com answered 404" + again,
                        "w: The status can be read again.",
                        "WARNING: w: The status cannot be read: https://ci.example.com cannot be connected to" + again,
                        "WARNING: w: The status cannot be read: webhook 'status': there is no secret" + again);
        requests.undeliverable = null;
        timer.pass(ONE_ROUND);
        answer(said(Verdict.SUCCESS, "passed"));
        assertThat(approval("a1").requireDecision().isSuccess()).isTrue();
    }

    @Test
    void anErrorEndsNoQuestions() throws IOException {
        start("a1");
        requests.vaultIsHalfInstalled = true;
        timer.pass(ONE_ROUND);
        requests.vaultIsHalfInstalled = false;

        timer.pass(ONE_ROUND);

        assertThat(questions).extracting(Call::approval).containsExactly("a1");
        assertThat(log)
                .containsExactly(
                        "WARNING: w: The status cannot be read: the request cannot be made: com/example/Vault. Jenkins asks"
                                + " again every 30 seconds.");
    }

    @Test
    void aCallbackEndsTheQuestionsAndALateAnswerChangesNothing() throws IOException {
        start("a1");
        timer.pass(ONE_ROUND);
        approvals.apply("a1", TestEvents.callback(false, "no", "callback token"));

        answer(said(Verdict.SUCCESS, "passed"));
        timer.pass(Duration.ofHours(1));

        assertThat(approval("a1").requireDecision())
                .returns(Decision.Outcome.FAILURE, Decision::outcome)
                .returns("callback token", Decision::decidedBy);
        assertThat(questions).isEmpty();
    }

    @Test
    void theDeadlineAndTheEndOfTheBuildEndTheQuestions() throws IOException {
        start("a1");
        start("a2");
        approvals.apply("a2", new Event.Aborted("stopped"));
        timer.pass(ONE_ROUND);
        assertThat(questions).extracting(Call::approval).containsExactly("a1");
        timer.pass(Duration.ofHours(2));

        answer(said(Verdict.SUCCESS, "passed"));

        assertThat(approval("a1").requireDecision().outcome()).isEqualTo(Decision.Outcome.TIMED_OUT);
        assertThat(approval("a2").requireDecision().outcome()).isEqualTo(Decision.Outcome.ABORTED);
        approvals.remove(build -> true);
        timer.pass(Duration.ofHours(1));
        assertThat(questions).isEmpty();
    }

    @Test
    void asksAtOnceAfterARestart() throws IOException {
        start("a1");
        timer.pass(ONE_ROUND);
        assertThat(questions).hasSize(1);

        restart();
        timer.pass(Duration.ofMillis(1));
        assertThat(questions).extracting(Call::approval).containsExactly("a1");

        answer(said(Verdict.FAILURE, "failed"));
        assertThat(approval("a1").requireDecision().decidedBy()).isEqualTo("status of https://ci.example.com");
    }

    @Test
    void nothingIsAskedOnceItIsClosed() throws IOException {
        start("a1");
        loop.close();

        timer.pass(Duration.ofMinutes(5));

        assertThat(questions).isEmpty();
    }

    @Test
    void asksAFewAtATimeAndASlowHostHoldsUpNobodyElse() throws IOException {
        for (int i = 0; i < 40; i++) {
            start(terms("slow" + i, "slow.example.com"));
        }
        for (int i = 0; i < 40; i++) {
            start(terms("fast" + i, "fast.example.com"));
        }

        timer.pass(ONE_ROUND);
        assertThat(inFlight("slow.example.com")).isEqualTo(TO_ONE_HOST);
        assertThat(inFlight("fast.example.com")).isEqualTo(TO_ONE_HOST);
        for (int i = 0; i < 40; i++) {
            Call fast = questions.stream()
                    .filter(question -> question.host().startsWith("fast"))
                    .findFirst()
                    .orElseThrow();
            questions.remove(fast);
            fast.answer(said(Verdict.SUCCESS, "passed"));
            assertThat(inFlight("slow.example.com")).isEqualTo(TO_ONE_HOST);
        }
        assertThat(approvals.pending())
                .hasSize(40)
                .allMatch(approval -> approval.id().startsWith("slow"));

        while (!questions.isEmpty()) {
            answer(said(Verdict.FAILURE, "failed"));
        }
        assertThat(approvals.pending()).isEmpty();
    }

    private long inFlight(String host) {
        return questions.stream()
                .filter(question -> question.host().equals(host))
                .count();
    }

    @Test
    void aQuestionThatIsNotWantedAnyMoreGivesItsPermitToTheNext() throws IOException {
        requests.agentIsAway = true;
        for (int i = 0; i < TO_ONE_HOST; i++) {
            start(terms("a" + i, "ci.example.com"));
        }
        timer.pass(ONE_ROUND);
        requests.agentIsAway = false;
        start("b");
        timer.pass(ONE_ROUND);
        assertThat(questions).as("all permits are taken").isEmpty();

        for (int i = 0; i < TO_ONE_HOST; i++) {
            approvals.apply("a" + i, new Event.Aborted("stopped"));
        }
        requests.drop.run();

        assertThat(questions).extracting(Call::approval).containsExactly("b");
    }

    @Test
    void followsALongerRetryAfter() throws IOException {
        start("a1");
        timer.pass(ONE_ROUND);
        answer(CallResult.refused(429, "answered 429", true, Duration.ofMinutes(10), ""));

        timer.pass(Duration.ofMinutes(9));
        assertThat(questions).isEmpty();
        timer.pass(Duration.ofMinutes(1));
        assertThat(questions).hasSize(1);
    }

    @Test
    void aStatusThatDecidesNothingIsASignOfLifeAndAnErrorIsNot() throws IOException {
        start(terms("a1", "ci.example.com").heartbeat(Duration.ofSeconds(70)));
        timer.pass(ONE_ROUND);
        Instant first = approvals.heartbeatDue(approval("a1")).orElseThrow();
        answer(said(Verdict.NO_VALUE, "x"));
        assertThat(approvals.heartbeatDue(approval("a1"))).contains(first);

        timer.pass(ONE_ROUND);
        answer(said(Verdict.NEITHER, "running"));
        assertThat(approvals.heartbeatDue(approval("a1")).orElseThrow()).isAfter(first);
    }

    /** The two come at the same moment, on threads of their own. */
    @Test
    void theCallbackAndTheStatusMakeOneDecision() throws Exception {
        var executor = Executors.newFixedThreadPool(2);
        try {
            for (int i = 0; i < 200; i++) {
                String id = "r" + i;
                start(id);
                timer.pass(ONE_ROUND);
                Call question = questions.remove(0);
                var callback = executor.submit(() -> approvals.apply(id, TestEvents.callback(false, "no", "token")));
                var status = executor.submit(() -> question.answer(said(Verdict.SUCCESS, "passed")));
                status.get();
                Approval.Answer answer = callback.get().orElseThrow().answer();

                assertThat(answer).isIn(Approval.Answer.ACCEPTED, Approval.Answer.CONFLICT);
                assertThat(approval(id).requireDecision().isSuccess()).isEqualTo(answer == Approval.Answer.CONFLICT);
                assertThat(approval(id).callback()).isEqualTo(approval(id).decision());
            }
        } finally {
            executor.shutdownNow();
        }
    }
}
