package io.jenkins.plugins.armory.storage;

import static io.jenkins.plugins.armory.approval.ApprovalTest.SOON;
import static org.assertj.core.api.Assertions.assertThat;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import io.jenkins.plugins.armory.Seeds;
import io.jenkins.plugins.armory.approval.Approval;
import io.jenkins.plugins.armory.approval.ApprovalTest;
import io.jenkins.plugins.armory.approval.BuildRef;
import io.jenkins.plugins.armory.approval.Event;
import io.jenkins.plugins.armory.approval.OutgoingCalls;
import io.jenkins.plugins.armory.approval.TestApproval;
import io.jenkins.plugins.armory.storage.disk.CrashingDisk;
import io.jenkins.plugins.armory.webhook.Webhook;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.logging.Level;
import java.util.logging.Logger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * Properties of the store on a disk that fails, and that loses and garbles what was not synced when the process is
 * killed or the machine crashes, at any moment: what was acknowledged is there, and what was refused is not.
 */
class JournalPropertyTest {

    private static final Path FOLDER = Path.of("armory-approvals");
    /** The names of the folder that all jobs are in. */
    private static final List<String> NAMES = List.of("team", "group", "crew");

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
    void whatWasAcknowledgedSurvivesAnything() {
        Seeds.each(300, draw -> new Life(draw).live());
    }

    /** Removes an approval that has both files after a fault, and then crashes the machine. */
    @Test
    void doesNotWaitAgainWhenItsRemovalWasCutOff() throws IOException {
        cutOffARemoval(false);
    }

    /** Does the same after a restart that deleted the file in {@code pending/}. */
    @Test
    void doesNotWaitAgainWhenItsRemovalWasCutOffAfterARestart() throws IOException {
        cutOffARemoval(true);
    }

    private static void cutOffARemoval(boolean restarted) throws IOException {
        for (int seed = 0; seed < 200; seed++) { // the seed decides what a crash loses
            var random = new Random(seed);
            var disk = new CrashingDisk(random);
            ApprovalStore store = ApprovalStore.open(disk, FOLDER, jobId -> null);
            store.create(ApprovalTest.start("a1"));
            store.fold(() -> false);
            store.apply("a1", new Event.Callback(true, "", "callback token"), SOON);
            disk.failAt(5); // the deletion from pending/, after the line of the history (3) and the write to decided/
            store.fold(() -> false);
            assertThat(disk.failures()).isEqualTo(1);
            if (restarted) {
                disk.restart();
                store = ApprovalStore.open(disk, FOLDER, jobId -> null);
            }
            disk.killAt(1 + random.nextInt(8));
            try {
                store.remove(List.of("a1"));
            } catch (CrashingDisk.Killed x) {
                // killed: the removal may be incomplete
            }

            disk.crash();

            assertThat(ApprovalStore.open(disk, FOLDER, jobId -> null).pending())
                    .as("seed %d", seed)
                    .isEmpty();
        }
    }

    private static final Webhook WEBHOOK =
            Webhook.named("tests").uriTemplate("https://ci.example.com/").build();

    private static final OutgoingCalls CALLS =
            TestApproval.calls(WEBHOOK, WEBHOOK, Map.of("ref", "main"), "account", null);

    /** A store through changes, faults and ends of its process, and what it acknowledged on the way. */
    private static final class Life {

        private final Random random;
        private final CrashingDisk disk;
        private ApprovalStore store;
        /** The last acknowledged version of each approval, {@code null} for a removed one. */
        private final Map<String, Approval> acknowledged = new HashMap<>();
        /**
         * The versions that may be found instead after the process ended, since their writes were neither acknowledged
         * nor refused.
         */
        private final Map<String, List<Approval>> unknown = new HashMap<>();

        /** The approvals whose removal failed halfway: they may come back until they are removed again. */
        private final Set<String> halfRemoved = new HashSet<>();

        private String name = "team/deploy";
        private int created;
        private int ticks;

        Life(Random random) throws IOException {
            this.random = random;
            disk = new CrashingDisk(random);
            store = ApprovalStore.open(disk, FOLDER, id -> name);
        }

        void live() throws IOException {
            for (int step = 0; step < 60; step++) {
                disk.fail(random.nextInt(4) == 0 ? 0.3 : 0);
                if (random.nextInt(8) == 0) {
                    disk.killAt(1 + random.nextInt(6));
                }
                try {
                    take();
                    check();
                } catch (CrashingDisk.Killed x) {
                    restart();
                }
            }
            disk.fail(0);
            restart();
            assertThat(store.fold(() -> false)).isTrue();
            check();
            assertThat(disk.all()).allMatch(file -> !file.startsWith(FOLDER.resolve("journal")), "folded");
            restart();
        }

        private void take() throws IOException {
            String id = "a" + random.nextInt(created + 1);
            switch (random.nextInt(12)) {
                case 0, 1 -> create(random.nextInt(3) == 0 ? 2 + random.nextInt(4) : 1);
                case 2, 3, 4, 5 -> apply(some(id), event());
                case 6 -> remove(id);
                case 7 -> fold(random.nextInt(5));
                case 8 -> fold(Integer.MAX_VALUE);
                case 9, 10 -> rename();
                default -> throw new CrashingDisk.Killed();
            }
        }

        private Event event() {
            return switch (random.nextInt(7)) {
                case 0 -> new Event.Callback(true, "ça va\n", "callback token");
                case 1 -> new Event.Callback(false, "no", "callback token");
                case 2 -> new Event.Aborted("stopped");
                case 3 -> ApprovalTest.sent();
                case 4 -> new Event.CancelOver(ApprovalTest.attempt(1, 200));
                case 5 -> new Event.CancelOver(null);
                default -> new Event.Failed(ApprovalTest.attempt(1 + random.nextInt(3), 503));
            };
        }

        /** Creates approvals with one write. */
        private void create(int count) {
            var all = new LinkedHashMap<String, Approval>();
            for (int i = 0; i < count; i++) {
                String id = "a" + created++;
                all.put(
                        id,
                        TestApproval.of(id, new BuildRef(name, 7))
                                .environment("staging")
                                .origin(new Approval.Origin(null, "job"))
                                .webhook("tests")
                                .timeout(tick(), Duration.ofHours(24))
                                .calls(random.nextBoolean() ? CALLS : null)
                                .start());
                acknowledged.put(id, null);
            }
            change(all, () -> store.create(List.copyOf(all.values())));
        }

        /** Returns an approval, and perhaps others. */
        private Set<String> some(String id) {
            var some = new LinkedHashSet<>(Set.of(id));
            for (int more = random.nextInt(3) == 0 ? random.nextInt(4) : 0; more > 0; more--) {
                some.add("a" + random.nextInt(created + 1));
            }
            return some;
        }

        /** Applies an event to approvals with one write. */
        private void apply(Set<String> ids, Event event) {
            var after = new LinkedHashMap<String, Approval>();
            for (String id : ids) {
                Approval before = acknowledged.get(id);
                if (before != null) {
                    after.put(id, before.on(event, SOON).approval());
                }
            }
            change(
                    after,
                    () -> assertThat(store.apply(after.keySet(), event, SOON))
                            .extracting(Approval.Transition::approval)
                            .containsExactlyElementsOf(after.values()));
        }

        /** Returns the next time, later than all before. */
        private Instant tick() {
            return ApprovalTest.START.plusMillis(++ticks);
        }

        private interface Change {
            void make() throws IOException;
        }

        private void change(Map<String, Approval> all, Change change) {
            all.forEach((id, after) -> perhaps(id).add(after)); // until it is acknowledged or refused
            int failures = disk.failures();
            try {
                change.make();
                all.forEach((id, after) -> {
                    if (after.equals(acknowledged.put(id, after))) {
                        perhaps(id).remove(after); // nothing was written
                    } else {
                        perhaps(id).clear();
                    }
                });
            } catch (IOException x) {
                if (disk.failures() == failures + 1) { // so removing it from the disk did not fail
                    all.forEach((id, after) -> perhaps(id).remove(after));
                }
            }
        }

        private void remove(String id) {
            if (!acknowledged.containsKey(id)) {
                return;
            }
            List<Approval> perhaps = perhaps(id);
            perhaps.add(acknowledged.get(id));
            acknowledged.put(id, null);
            int failures = disk.failures();
            try {
                store.remove(List.of(id));
                perhaps.clear();
            } finally {
                if (disk.failures() != failures) {
                    acknowledged.remove(id);
                    halfRemoved.add(id);
                }
            }
        }

        private void fold(int files) throws IOException {
            int[] left = {files};
            try {
                store.fold(() -> left[0]-- <= 0);
            } catch (IOException x) {
                assertThat(disk.failures()).isPositive();
            }
        }

        private void rename() {
            name = NAMES.get(random.nextInt(NAMES.size())) + "/deploy";
            store.renamed();
            acknowledged.replaceAll(this::named);
            unknown.forEach((id, some) -> some.replaceAll(each -> named(id, each)));
        }

        @CheckForNull
        private Approval named(String id, @CheckForNull Approval approval) {
            return approval == null ? null : approval.ofJob(name);
        }

        private List<Approval> perhaps(String id) {
            return unknown.computeIfAbsent(id, each -> new ArrayList<>());
        }

        private void restart() throws IOException {
            if (random.nextBoolean()) {
                disk.crash();
            } else {
                disk.restart();
            }
            disk.fail(0);
            store = ApprovalStore.open(disk, FOLDER, id -> name);
            acknowledged.replaceAll((id, promised) -> {
                Approval found = find(id);
                if (!Objects.equals(found, promised)) {
                    assertThat(unknown.getOrDefault(id, List.of()))
                            .as("instead of %s", promised)
                            .contains(found);
                }
                return found;
            });
            unknown.clear();
            check();
        }

        @CheckForNull
        private Approval find(String id) {
            try {
                return store.find(id).orElse(null);
            } catch (IOException x) {
                throw new AssertionError(x);
            }
        }

        private void check() {
            acknowledged.forEach((id, promised) -> assertThat(find(id)).isEqualTo(promised));
            assertThat(store.pending())
                    .filteredOn(approval -> !halfRemoved.contains(approval.id()))
                    .containsExactlyInAnyOrderElementsOf(acknowledged.values().stream()
                            .filter(approval -> approval != null && !approval.isDecided())
                            .toList());
            assertThat(store.recentlyDecided())
                    .filteredOn(approval -> !halfRemoved.contains(approval.id()))
                    .containsExactlyInAnyOrderElementsOf(acknowledged.values().stream()
                            .filter(approval -> approval != null && approval.isDecided())
                            .toList());
        }
    }

    @Test
    void manyAtATimeAreAllAcknowledgedOrNot() {
        Seeds.each(20, JournalPropertyTest::changeManyAtATime);
    }

    private static void changeManyAtATime(Random random) throws Exception {
        var disk = new CrashingDisk(random);
        ApprovalStore store = ApprovalStore.open(disk, FOLDER, jobId -> null);
        disk.fail(random.nextInt(3) == 0 ? 0.1 : 0);
        disk.killAt(1 + random.nextInt(100));
        Set<String> acknowledged = ConcurrentHashMap.newKeySet();
        Set<String> refused = ConcurrentHashMap.newKeySet();
        ExecutorService threads = Executors.newFixedThreadPool(8);
        try {
            var all = new ArrayList<Future<?>>();
            IntStream.range(0, 8)
                    .forEach(thread -> all.add(threads.submit(() -> {
                        for (int i = 0; i < 20; i++) {
                            String id = "a" + thread + "b" + i;
                            try {
                                store.create(ApprovalTest.start(id));
                                store.apply(id, new Event.Callback(true, "", "callback token"), SOON);
                                acknowledged.add(id);
                                store.fold(() -> false);
                            } catch (IOException x) {
                                if (store.find(id).isEmpty()) {
                                    refused.add(id);
                                }
                            }
                        }
                        return null;
                    })));
            for (Future<?> each : all) {
                try {
                    each.get();
                } catch (ExecutionException x) {
                    assertThat(x).hasCauseInstanceOf(CrashingDisk.Killed.class);
                }
            }
        } finally {
            threads.shutdownNow();
        }
        boolean faultless = disk.failures() == 0;
        disk.crash();
        disk.fail(0);

        ApprovalStore reopened = ApprovalStore.open(disk, FOLDER, jobId -> null);

        for (String id : acknowledged) {
            assertThat(reopened.find(id).orElseThrow().isDecided()).isTrue();
        }
        if (faultless) {
            assertThat(refused).isEmpty();
        }
    }
}
