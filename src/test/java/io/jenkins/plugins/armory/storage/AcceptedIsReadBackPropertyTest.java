package io.jenkins.plugins.armory.storage;

import static org.assertj.core.api.Assertions.assertThat;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import io.jenkins.plugins.armory.Seeds;
import io.jenkins.plugins.armory.approval.Approval;
import io.jenkins.plugins.armory.approval.Approvals;
import io.jenkins.plugins.armory.approval.BuildRef;
import io.jenkins.plugins.armory.approval.Event;
import io.jenkins.plugins.armory.approval.InputDefinition;
import io.jenkins.plugins.armory.approval.ManualRequirement;
import io.jenkins.plugins.armory.approval.Notifications;
import io.jenkins.plugins.armory.approval.OutgoingCalls;
import io.jenkins.plugins.armory.approval.PeopleRule;
import io.jenkins.plugins.armory.approval.TestApproval;
import io.jenkins.plugins.armory.callback.ByToken;
import io.jenkins.plugins.armory.callback.CallbackEndpoint;
import io.jenkins.plugins.armory.callback.CallbackRequest;
import io.jenkins.plugins.armory.callback.JsonResponse;
import io.jenkins.plugins.armory.callback.RequestBody;
import io.jenkins.plugins.armory.callback.signed.SignatureHeaders;
import io.jenkins.plugins.armory.callback.token.CallbackTokens;
import io.jenkins.plugins.armory.callback.token.CallbackTokensTest;
import io.jenkins.plugins.armory.callback.token.TokenVerifier;
import io.jenkins.plugins.armory.deploymentfile.PlannedDeployment;
import io.jenkins.plugins.armory.environment.DeploymentPlan;
import io.jenkins.plugins.armory.storage.disk.CrashingDisk;
import io.jenkins.plugins.armory.webhook.AnswerRule;
import io.jenkins.plugins.armory.webhook.CallCredentials;
import io.jenkins.plugins.armory.webhook.NetworkMode;
import io.jenkins.plugins.armory.webhook.RetryRules;
import io.jenkins.plugins.armory.webhook.StatusCheck;
import io.jenkins.plugins.armory.webhook.Webhook;
import io.jenkins.plugins.armory.webhook.text.Bound;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;

/**
 * Whatever is accepted where it enters is there after a crash, as it was: texts at the edges of their bounds, odd characters and halves of
 * them, deep nesting, extreme numbers.
 */
class AcceptedIsReadBackPropertyTest {

    private static final Path FOLDER = Path.of("armory-approvals");
    private static final CallbackTokens TOKENS = CallbackTokensTest.withKey("test");
    private static final Instant NOW = Instant.parse("2026-01-31T10:00:00Z");
    private static final ScheduledThreadPoolExecutor TIMER = new ScheduledThreadPoolExecutor(1);

    /** A property that accepts little would show little. */
    private static final AtomicInteger ACCEPTED = new AtomicInteger();

    private static final AtomicInteger REFUSED = new AtomicInteger();

    @AfterAll
    static void stopTimer() {
        TIMER.shutdownNow();
        int all = ACCEPTED.get() + REFUSED.get();
        assertThat(ACCEPTED.get()).as("accepted of %d", all).isBetween(all / 4, all - all / 10);
    }

    /** Writes an approval, lets the machine crash, and expects it as it was. */
    private static void assertIsReadBack(Random random, Approval approval) throws IOException {
        var disk = new CrashingDisk(random);
        ApprovalStore store = ApprovalStore.open(disk, FOLDER, jobId -> null);
        store.create(approval);
        if (random.nextBoolean()) {
            store.fold(() -> false);
        }
        assertIsThere(disk, approval);
    }

    private static void assertIsThere(CrashingDisk disk, Approval approval) throws IOException {
        disk.crash();

        ApprovalStore reopened = ApprovalStore.open(disk, FOLDER, jobId -> null);

        assertThat(reopened.problem()).isEmpty();
        assertThat(reopened.find(approval.id())).contains(approval);
    }

    private static TestApproval terms(String id) {
        return TestApproval.of(id, new BuildRef("job", 1)).webhook("w").timeout(NOW, Duration.ofDays(3650));
    }

    @Test
    void theBodyOfACallback() {
        Seeds.each(500, random -> {
            var texts = new HostileTexts(random);
            TIMER.getQueue().clear(); // deadlines of the case before would keep all that it had
            String id = TOKENS.newId();
            var disk = new CrashingDisk(random);
            ApprovalStore store = ApprovalStore.open(disk, FOLDER, jobId -> null);
            var approvals =
                    new Approvals(store, TIMER, Runnable::run, Clock.systemUTC(), build -> false, approval -> {});
            ManualRequirement people = random.nextBoolean() ? new ManualRequirement("m", List.of(), 1) : null;
            approvals.create(terms(id).manual(people).start());
            if (random.nextBoolean()) {
                store.fold(() -> false);
            }

            JsonResponse response = callBack(approvals, id, body(texts));

            (response.status() == 200 ? ACCEPTED : REFUSED).incrementAndGet();
            if (response.status() >= 400) {
                assertThat(response.status()).isIn(400, 413);
                assertThat(response.body().get("message").textValue()).isNotBlank();
            }
            if (random.nextBoolean()) {
                store.fold(() -> false);
            }
            Approval approval = approvals.find(id).orElseThrow();
            assertThat(approval.callback() != null).isEqualTo(response.status() == 200);
            assertIsThere(disk, approval);
        });
    }

    private static String body(HostileTexts texts) {
        String message = texts.oneIn(3) ? "" : ",\"mdMessage\":" + texts.string();
        String data = texts.oneIn(4) ? "" : ",\"data\":" + texts.object(4);
        String other = texts.oneIn(4) ? "," + texts.string() + ":1" : "";
        return "{\"success\":" + texts.any(List.of("true", "false", "\"true\"")) + message + data + other + "}";
    }

    private static JsonResponse callBack(Approvals approvals, String id, String body) {
        var endpoint = new CallbackEndpoint(
                approvals,
                TOKENS,
                ByToken.identification(List.of(TokenVerifier.ofApprovals(TOKENS))),
                () -> false,
                Clock.systemUTC());
        return endpoint.handle(new CallbackRequest(
                "POST",
                id,
                List.of("Bearer " + TOKENS.tokenFor(id)),
                List.of(),
                SignatureHeaders.NONE,
                "192.0.2.1",
                new RequestBody(
                        "application/json", -1, new ByteArrayInputStream(body.getBytes(StandardCharsets.UTF_8)))));
    }

    @Test
    void theValuesOfAStep() {
        Seeds.each(500, random -> {
            Approval approval = accepted(() -> approval(new HostileTexts(random)));
            if (approval != null) {
                assertIsReadBack(random, approval);
            }
        });
    }

    /** Returns a value, {@code null} if it is refused with the name of a field. */
    @CheckForNull
    private static <T> T accepted(Supplier<T> value) {
        try {
            T taken = value.get();
            ACCEPTED.incrementAndGet();
            return taken;
        } catch (IllegalArgumentException x) {
            REFUSED.incrementAndGet();
            assertThat(x.getMessage()).contains(": ");
            assertThat(Bound.isWhole(x.getMessage())).isTrue();
            return null;
        }
    }

    private static Approval approval(HostileTexts texts) {
        Webhook webhook = webhook(texts);
        Webhook cancel = texts.oneIn(3) ? webhook(texts).asCancel().alone() : null;
        StatusCheck status = texts.oneIn(3) && webhook.answer() == null ? status(texts) : null;
        Notifications notifications = texts.oneIn(3)
                ? Notifications.by(List.of(webhook(texts).asCancel().alone()))
                : null;
        var calls = new OutgoingCalls(
                webhook.alone(),
                cancel,
                status,
                notifications,
                context(texts),
                texts.oneIn(2) ? null : texts.text(Bound.LINE),
                texts.oneIn(2) ? null : texts.text(Bound.LINE));
        Approval approval = terms("a1")
                .environment(texts.oneIn(3) ? null : texts.text(Bound.LINE))
                .webhook(webhook.name())
                .callers(texts.oneIn(2) ? null : texts.text(Bound.LINE), list(texts, Bound.LINE))
                .manual(texts.oneIn(2) ? null : people(texts))
                .origin(new Approval.Origin(texts.text(Bound.LINE), texts.text(Bound.LINE)))
                .calls(calls)
                .start();
        ManualRequirement manual = approval.manual();
        if (texts.oneIn(2) && manual != null) {
            Map<String, Object> inputs = new LinkedHashMap<>();
            manual.inputs().forEach(input -> inputs.put(input.name(), Bound.LINE.cut(texts.text(Bound.LINE))));
            String comment = Bound.TEXT.cut(texts.text(Bound.TEXT));
            approval = approval.on(new Event.ManualApproval("alice", comment, inputs, List.of(0)), NOW.plusSeconds(1))
                    .approval();
        }
        return approval;
    }

    private static List<String> list(HostileTexts texts, Bound bound) {
        var list = new ArrayList<String>();
        for (int i = texts.oneIn(20) ? Bound.LIST.most() + (texts.oneIn(2) ? 1 : 0) : texts.any(List.of(0, 1, 3));
                i > 0;
                i--) {
            list.add(i > 3 ? "n" + i : texts.text(bound));
        }
        return list;
    }

    private static Map<String, String> context(HostileTexts texts) {
        var context = new LinkedHashMap<String, String>();
        for (int i = texts.any(List.of(0, 1, 2, 4)); i > 0; i--) {
            context.put(
                    texts.oneIn(2) ? "key" + i : texts.text(Bound.LINE).replaceAll("[\\s{}#/^>&!]", "_"),
                    texts.text(texts.oneIn(30) ? Bound.TEXT : Bound.TEXT));
        }
        return context;
    }

    private static ManualRequirement people(HostileTexts texts) {
        List<InputDefinition> inputs = list(texts, Bound.LINE).stream()
                .map(name -> new InputDefinition(name, texts.text(texts.oneIn(20) ? Bound.TEXT : Bound.LINE)))
                .toList();
        List<PeopleRule> rules = new ArrayList<>();
        for (int i = texts.between(1, 3); i > 0; i--) {
            rules.add(new PeopleRule(list(texts, Bound.LINE), texts.any(List.of(1, 2, 100))));
        }
        var people = new ManualRequirement(texts.text(Bound.TEXT), rules);
        return texts.oneIn(2) ? people.withInputs(inputs) : people.withRequesters(list(texts, Bound.LINE));
    }

    private static Webhook webhook(HostileTexts texts) {
        return Webhook.named(texts.oneIn(2) ? "checks" : texts.line(Bound.LINE))
                .method(texts.any(List.of("POST", "put", " PATCH ")))
                .uriTemplate("https://ci.example.com/" + (texts.oneIn(2) ? "" : plain(texts.text(Bound.TEXT))))
                .headers(List.of(new Webhook.Header("X", plain(texts.text(Bound.TEXT)))))
                .body(texts.oneIn(2) ? null : plain(texts.text(texts.oneIn(20) ? Bound.TEXT : Bound.TEXT)))
                .retry(RetryRules.of(
                        texts.any(List.of(0, 3)), texts.oneIn(2) ? List.of() : List.of("429", "4xx"), 0, 0))
                .credentials(new CallCredentials(null, texts.text(Bound.LINE), texts.text(Bound.LINE)))
                .networkMode(texts.any(List.of(NetworkMode.values())))
                .context(context(texts))
                .disableCallback(texts.oneIn(2))
                .answer(
                        texts.oneIn(3)
                                ? AnswerRule.ofAnswer(
                                        "200", "/" + pointer(texts), values(texts, "p"), values(texts, "f"))
                                : null)
                .build();
    }

    private static StatusCheck status(HostileTexts texts) {
        return new StatusCheck(
                Webhook.named("status")
                        .method("GET")
                        .uriTemplate("{{armory.answerLocation}}")
                        .answer(AnswerRule.ofStatus(
                                "/" + pointer(texts),
                                texts.oneIn(2) ? "/" + pointer(texts) : null,
                                values(texts, "p"),
                                values(texts, "f")))
                        .build(),
                Duration.ofSeconds(30));
    }

    /** Returns a text without the braces of a variable that there is not. */
    private static String plain(String text) {
        return text.replace("{{", "").replace("}}", "");
    }

    private static String pointer(HostileTexts texts) {
        return texts.text(Bound.LINE).replace('~', '-');
    }

    /** Returns values that are in no list with another start. */
    private static List<String> values(HostileTexts texts, String start) {
        return list(texts, Bound.LINE).stream()
                .map(value -> start + value)
                .collect(() -> new ArrayList<>(List.of(start)), List::add, List::addAll);
    }

    @Test
    void aDeploymentFile() {
        Seeds.each(600, random -> {
            PlannedDeployment file;
            try {
                file = PlannedDeployment.read(file(new HostileTexts(random)), Map.of(), Map.of());
            } catch (PlannedDeployment.InvalidException x) {
                REFUSED.incrementAndGet();
                assertThat(x.getMessage()).startsWith("config");
                return;
            }
            for (Webhook webhook : file.webhooks().values()) {
                Approval approval = accepted(() -> {
                    DeploymentPlan.Target target = file.plan().targets().get(0);
                    return terms("a1")
                            .webhook(webhook.name())
                            .calls(TestApproval.calls(
                                    webhook, null, webhook.context(), target.account(), target.namespace()))
                            .start();
                });
                if (approval != null) {
                    assertIsReadBack(random, approval);
                }
            }
        });
    }

    private static String file(HostileTexts texts) {
        return """
                context: {%s: %s, a: %s}
                targets: {prod: {account: %s, namespace: %s, strategy: s}}
                strategies: {s: {canary: {steps: [{setWeight: {weight: 100}}]}}}
                webhooks:
                - name: %s
                  uriTemplate: https://ci.example.com/
                  headers: [{key: X, value: %s}]
                  context: {%s: %s}
                """.formatted(
                        key(texts),
                        texts.string(),
                        texts.string(),
                        texts.oneIn(4) ? texts.string() : "a",
                        texts.oneIn(4) ? texts.string() : "a",
                        key(texts),
                        texts.string(),
                        key(texts),
                        texts.string());
    }

    private static String key(HostileTexts texts) {
        return texts.oneIn(2) ? "key" : texts.string();
    }
}
