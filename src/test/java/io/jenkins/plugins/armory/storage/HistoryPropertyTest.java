package io.jenkins.plugins.armory.storage;

import static io.jenkins.plugins.armory.approval.ApprovalTest.SOON;
import static org.assertj.core.api.Assertions.assertThat;

import io.jenkins.plugins.armory.Seeds;
import io.jenkins.plugins.armory.approval.Approval;
import io.jenkins.plugins.armory.approval.ApprovalTest;
import io.jenkins.plugins.armory.approval.Event;
import io.jenkins.plugins.armory.approval.OutgoingCalls;
import io.jenkins.plugins.armory.approval.TestApproval;
import io.jenkins.plugins.armory.storage.disk.CrashingDisk;
import io.jenkins.plugins.armory.webhook.Webhook;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.logging.Level;
import java.util.logging.Logger;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * The history of a store on a disk that fails, and that loses and garbles what was not synced: each decision that was
 * acknowledged has one line.
 */
class HistoryPropertyTest {

    private static final Path FOLDER = Path.of("armory-approvals");
    private static final Webhook WEBHOOK =
            Webhook.named("tests").uriTemplate("https://ci.example.com/").build();
    private static final OutgoingCalls CALLS = TestApproval.calls(WEBHOOK, WEBHOOK, Map.of(), null, null);
    private static final Event SUCCEEDED = new Event.Callback(true, "ok", "callback token");
    private static final Event STOPPED = new Event.Aborted("stopped");
    private static final Logger LOGGER = Logger.getLogger(ApprovalStore.class.getPackageName());

    @BeforeAll
    static void silence() {
        LOGGER.setLevel(Level.OFF); // one warning a fault would be some ten thousand
    }

    @AfterAll
    static void listen() {
        LOGGER.setLevel(null);
    }

    @Test
    void aDecisionThatWasAcknowledgedHasOneLineWhateverHappens() {
        Seeds.each(200, draw -> new Life(draw).live());
    }

    /** Decides from several threads while others fold, export and remove, then kills the process. */
    @Test
    void manyAtATimeHaveOneLineEach() {
        Seeds.each(20, HistoryPropertyTest::decideManyAtATime);
    }

    private static void decideManyAtATime(Random random) throws Exception {
        var disk = new CrashingDisk(random);
        ApprovalStore store = ApprovalStore.open(disk, FOLDER, jobId -> null);
        if (random.nextBoolean()) {
            disk.killAt(1 + random.nextInt(300));
        }
        Set<String> acknowledged = ConcurrentHashMap.newKeySet();
        ExecutorService threads = Executors.newFixedThreadPool(8);
        try {
            var all = new ArrayList<Future<?>>();
            for (int thread = 0; thread < 8; thread++) {
                String prefix = "t" + thread + "i";
                boolean exports = thread % 4 == 0;
                all.add(threads.submit(() -> {
                    for (int i = 0; i < 20; i++) {
                        String id = prefix + i;
                        store.create(ApprovalTest.terms(id)
                                .calls(exports ? CALLS : null)
                                .start());
                        store.apply(id, STOPPED, SOON);
                        acknowledged.add(id);
                        if (exports) {
                            store.history();
                            store.apply(id, new Event.CancelOver(ApprovalTest.attempt(1, 200)), SOON);
                        } else {
                            store.fold(() -> false);
                        }
                        if (i % 5 == 0) {
                            store.remove(List.of(id));
                        }
                    }
                    return null;
                }));
            }
            for (Future<?> each : all) {
                try {
                    each.get();
                } catch (ExecutionException x) {
                    assertThat(x.getCause()).isInstanceOfAny(CrashingDisk.Killed.class, IOException.class);
                }
            }
        } finally {
            threads.shutdownNow();
        }
        disk.crash();

        List<String> lines = lines(ApprovalStore.open(disk, FOLDER, jobId -> null));

        assertThat(lines).doesNotHaveDuplicates().containsAll(acknowledged);
    }

    /** Returns the approvals of the lines that are what they must be. What was not synced may come back as garbage. */
    private static List<String> lines(ApprovalStore store) throws IOException {
        var output = new ByteArrayOutputStream();
        store.history().copyTo(History.monthOf(SOON), output);
        Set<String> expected = Stream.of(SUCCEEDED, STOPPED)
                .flatMap(event -> Stream.of(
                                ApprovalTest.terms("id"),
                                ApprovalTest.terms("id").calls(CALLS))
                        .map(terms ->
                                HistoryLine.of(terms.start().on(event, SOON).approval())))
                .collect(Collectors.toSet());
        return output.toString(StandardCharsets.UTF_8)
                .lines()
                .filter(line -> expected.contains(line.replaceFirst("\"approval\":\"\\w+\"", "\"approval\":\"id\"")))
                .map(line -> HistoryTest.approvals(List.of(line)).get(0))
                .toList();
    }

    private static final class Life {

        private final Random random;
        private final CrashingDisk disk;
        private ApprovalStore store;
        private final Map<String, Approval> pending = new HashMap<>();
        private final Set<String> acknowledged = new HashSet<>();
        private final Set<String> decidedPerhaps = new HashSet<>();
        private final List<String> open = new ArrayList<>();
        private int created;

        Life(Random random) throws IOException {
            this.random = random;
            disk = new CrashingDisk(random);
            open();
        }

        private void open() throws IOException {
            store = ApprovalStore.open(disk, FOLDER, jobId -> null);
        }

        void live() throws IOException {
            for (int step = 0; step < 60; step++) {
                disk.fail(random.nextInt(4) == 0 ? 0.3 : 0);
                if (random.nextInt(6) == 0) {
                    disk.killAt(1 + random.nextInt(8));
                }
                try {
                    take();
                } catch (IOException x) {
                    assertThat(disk.failures()).isPositive();
                } catch (CrashingDisk.Killed x) {
                    restart();
                }
            }
            disk.fail(0);
            restart();
            check();
            assertThat(store.fold(() -> false)).isTrue();
            restart();
            check();
        }

        private void restart() throws IOException {
            if (random.nextBoolean()) {
                disk.crash();
            } else {
                disk.restart();
            }
            disk.fail(0);
            open();
        }

        private void take() throws IOException {
            switch (random.nextInt(10)) {
                case 0, 1, 2 -> {
                    String id = "a" + created++;
                    Approval approval = ApprovalTest.terms(id)
                            .calls(random.nextBoolean() ? CALLS : null)
                            .start();
                    store.create(approval);
                    open.add(id);
                }
                case 3, 4, 5 -> decide();
                case 6 -> fold(random.nextInt(4));
                case 7 -> fold(Integer.MAX_VALUE);
                case 8 -> store.history();
                default -> closeOrRemove();
            }
        }

        private void decide() throws IOException {
            if (open.isEmpty()) {
                return;
            }
            String id = open.get(random.nextInt(open.size()));
            decidedPerhaps.add(id); // until it is acknowledged
            if (store.apply(id, random.nextBoolean() ? SUCCEEDED : STOPPED, SOON)
                    .isPresent()) {
                acknowledged.add(id);
            }
        }

        private void closeOrRemove() throws IOException {
            if (open.isEmpty()) {
                return;
            }
            String id = open.get(random.nextInt(open.size()));
            if (random.nextBoolean()) {
                store.apply(id, new Event.CancelOver(ApprovalTest.attempt(1, 200)), SOON);
            } else {
                int failures = disk.failures();
                try {
                    store.remove(List.of(id));
                    open.remove(id);
                } finally {
                    if (disk.failures() != failures) {
                        acknowledged.remove(id); // its line may be lost with it, which the log says
                    }
                }
            }
        }

        private void fold(int files) throws IOException {
            int[] left = {files};
            store.fold(() -> left[0]-- <= 0);
        }

        private void check() throws IOException {
            List<String> lines = lines(store);
            assertThat(lines).doesNotHaveDuplicates().containsAll(acknowledged);
            assertThat(decidedPerhaps).containsAll(lines);
        }
    }
}
