package io.jenkins.plugins.armory.store;

import static io.jenkins.plugins.armory.approval.ApprovalTest.SOON;
import static io.jenkins.plugins.armory.approval.ApprovalTest.START;
import static io.jenkins.plugins.armory.environment.DeploymentTest.ended;
import static io.jenkins.plugins.armory.environment.DeploymentTest.in;
import static io.jenkins.plugins.armory.environment.DeploymentTest.started;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIOException;

import io.jenkins.plugins.armory.Seeds;
import io.jenkins.plugins.armory.approval.Approval;
import io.jenkins.plugins.armory.approval.ApprovalTest;
import io.jenkins.plugins.armory.approval.BuildRef;
import io.jenkins.plugins.armory.approval.Event;
import io.jenkins.plugins.armory.approval.InputDefinition;
import io.jenkins.plugins.armory.approval.Notifications;
import io.jenkins.plugins.armory.approval.OutgoingCalls;
import io.jenkins.plugins.armory.approval.PeopleRule;
import io.jenkins.plugins.armory.approval.Phase;
import io.jenkins.plugins.armory.approval.Place;
import io.jenkins.plugins.armory.approval.TestApproval;
import io.jenkins.plugins.armory.approval.TestEvents;
import io.jenkins.plugins.armory.environment.Deployment;
import io.jenkins.plugins.armory.environment.DeploymentEvent;
import io.jenkins.plugins.armory.environment.DeploymentEvent.Verdict;
import io.jenkins.plugins.armory.environment.Release;
import io.jenkins.plugins.armory.store.disk.StoredJson;
import io.jenkins.plugins.armory.webhook.AnswerRule;
import io.jenkins.plugins.armory.webhook.CallCredentials;
import io.jenkins.plugins.armory.webhook.CallLimits;
import io.jenkins.plugins.armory.webhook.NetworkMode;
import io.jenkins.plugins.armory.webhook.RetryRules;
import io.jenkins.plugins.armory.webhook.StatusCheck;
import io.jenkins.plugins.armory.webhook.Webhook;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Tests that whatever is written can be read again, and that no damage opens a gate. */
class StoredTest {

    private static final Path FOLDER = Path.of("armory-approvals");
    private static final Logger LOGGER = Logger.getLogger(Approvals.class.getPackageName());

    @BeforeAll
    static void silence() {
        LOGGER.setLevel(Level.OFF); // one warning a damage
    }

    @AfterAll
    static void listen() {
        LOGGER.setLevel(null);
    }

    private static Webhook webhook(String name) {
        return Webhook.named(name)
                .method("PUT")
                .uriTemplate("https://ci.example.com/{{context.ref}}")
                .headers(List.of(new Webhook.Header("A", "{{secrets.a}}"), new Webhook.Header("B", "")))
                .body("{\"reason\": \"{{armory.reason}}\"}")
                .retry(RetryRules.of(3, List.of("409", "5xx"), 2, 90))
                .limits(new CallLimits(3, 120))
                .credentials(new CallCredentials("signing", "client", "ca"))
                .networkMode(NetworkMode.REMOTE_NETWORK_AGENT)
                .agentIdentifier("inside")
                .context(Map.of("ref", "main"))
                .build();
    }

    /** Returns an approval that has every component that an approval may have before the decision. */
    private static Approval full() {
        Webhook asks =
                webhook("status").withAnswer(AnswerRule.ofAnswer("200, 404", "/a/b", List.of("x", "y"), List.of("z")));
        var calls = new OutgoingCalls(
                webhook("tests"),
                webhook("stop").asCancel(),
                new StatusCheck(asks, Duration.ofSeconds(30)),
                Notifications.by(List.of(webhook("tell").asCancel())),
                Map.of("ref", "main"),
                Map.of("armory.version", "2.7.1"));
        Approval approval = TestApproval.of("a1", new BuildRef("team/deploy", 7))
                .phase(Phase.AFTER_DEPLOYMENT)
                .environment("prod")
                .step("a0")
                .webhook("tests")
                .callers("secret-text", List.of("client-1"))
                .manual(TestApproval.requirement(
                                "Go?",
                                List.of(new PeopleRule(List.of("alice", "ops"), 1), new PeopleRule(List.of("qa"), 1)))
                        .withRequesters(List.of("carol"))
                        .withInputs(List.of(new InputDefinition("region", "<choice/>"))))
                .timeout(START, Duration.ofHours(24))
                .heartbeat(Duration.ofMinutes(5))
                .origin(new Approval.Origin("https://jenkins.example.com/"))
                .calls(calls)
                .start();
        return after(
                approval,
                new Event.Failed(ApprovalTest.attempt(1, 503)),
                ApprovalTest.sent(),
                new Event.ManualApproval("alice", "fine", Map.of("region", "eu", "dry", true), List.of(0)),
                new Event.Callback(true, "**ok**", "{\"a\":[1,2.5]}", "callback token"));
    }

    private static Approval after(Approval approval, Event... events) {
        Approval result = approval;
        for (Event event : events) {
            result = result.on(event, SOON).approval();
        }
        return result;
    }

    private static List<Approval> samples() {
        return List.of(
                full(),
                after(full(), new Event.Aborted("stopped"), new Event.CancelOver(ApprovalTest.attempt(1, 200))),
                after(full(), new Event.NotSent("refused", ApprovalTest.attempt(2, 400))),
                after(ApprovalTest.start("a2"), TestEvents.callback(false, "no", "callback token")),
                after(byPersonAlone(), new Event.ManualRejection("alice", "no")),
                after(byPersonAlone(), TestEvents.override(true, "root", "CI is down")));
    }

    private static Approval byPersonAlone() {
        return ApprovalTest.terms("a4")
                .manual(TestApproval.requirement("Go?", List.of("alice"), 1).withRequesters(List.of()))
                .byPersonAlone()
                .start();
    }

    private static Deployment deployment() {
        Deployment deployment = Deployment.EMPTY;
        for (DeploymentEvent event : List.of(
                new DeploymentEvent.Declared(
                        "staging",
                        List.of(),
                        "step of staging",
                        Place.OUTERMOST,
                        null,
                        null,
                        new Release("shop/cart", "2.7.1")),
                started(in("staging"), "a3", Phase.STRATEGY),
                ended(
                        new Place("staging", "5", "outer", List.of(new Place.Branch("3", "4")), "body"),
                        "a1",
                        Phase.AFTER_DEPLOYMENT,
                        "tests",
                        Verdict.FAILURE,
                        "no"),
                ended(
                        new Place(null, "9", "outer", List.of(), null),
                        "a2",
                        Phase.STRATEGY,
                        "tests",
                        Verdict.FAILURE,
                        "no"))) {
            deployment = deployment.on(event, START).deployment();
        }
        return deployment;
    }

    private static <T extends Record> T read(String text, Class<T> type) throws IOException {
        return StoredJson.read("f", StoredJson.object("f", text).get("a"), type);
    }

    @SuppressWarnings("unchecked")
    private static <T extends Record> T reread(T stored) throws IOException {
        return read(StoredJson.text(Map.of("a", StoredJson.tree(stored))), (Class<T>) stored.getClass());
    }

    @Test
    void everyTextOfEveryRecordCanBeReadAgain() {
        Seeds.each(100, draw -> {
            var scrambled = new Scrambled(draw);
            for (Approval sample : samples()) {
                Approval odd = scrambled.of(sample);
                assertThat(reread(odd)).isEqualTo(odd);
            }
            Deployment sample = deployment();
            for (Collection<? extends Record> stored :
                    List.of(sample.environments().values(), sample.approvals().values(), sample.failures())) {
                for (Record each : stored) {
                    Record odd = scrambled.of(each);
                    assertThat(reread(odd)).isEqualTo(odd);
                }
            }
        });
    }

    private static List<Approval> reread(Map<String, Object> written) throws IOException {
        var read = new ArrayList<Approval>();
        new ApprovalValues()
                .read("f", StoredJson.object("f", StoredJson.text(written)).properties(), read::add);
        return read;
    }

    @Test
    void theApprovalsOfAStepComeBackWithWhatTheyShare() throws IOException {
        Approval one = full();
        Approval two = one.with(copy -> copy.id("a3").state(Approval.State.SENDING));
        Approval alone = byPersonAlone();

        Map<String, Object> written = new ApprovalValues().all(List.of(one, two, alone));
        List<Approval> read = reread(written);
        assertThat(read).containsExactly(one, two, alone);
        assertThat(read.get(0).terms()).isSameAs(read.get(1).terms());
        assertThat(StoredJson.text(written)).containsOnlyOnce("Go?\",\"rules\":[{\"submitters\":[\"alice\",\"ops\"");

        written.remove("step/" + one.step());
        assertThatIOException().isThrownBy(() -> reread(written)).withMessageContaining("approval/a1");
    }

    @Test
    void aNameThatIsMissingIsAnErrorAndSoIsOneThatIsUnknown() throws IOException {
        String json = StoredJson.text(Map.of("a", StoredJson.tree(full())));
        for (String name : List.of("manual", "requesters", "required", "allowedCallers", "submitters")) {
            assertThat(json).contains('"' + name + "\":");
            for (String damaged : List.of(
                    json.replaceFirst('"' + name + "\":", "\"" + name + "x\":"),
                    json.replaceFirst("\"timeout\":", "\"extra\":1,\"timeout\":"))) {
                assertThatIOException().isThrownBy(() -> read(damaged, Approval.class));
            }
        }
    }

    @Test
    void aRecordThatIsNothingIsAnError() {
        for (String nothing : List.of("null", "{\"a\":7}", "7", "")) {
            assertThatIOException().as(nothing).isThrownBy(() -> read(nothing, Approval.class));
        }
    }
}
