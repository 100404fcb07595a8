package io.jenkins.plugins.armory.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.jenkins.plugins.armory.call.ApprovalRequests;
import io.jenkins.plugins.armory.call.CallPermits;
import io.jenkins.plugins.armory.call.Settings;
import io.jenkins.plugins.armory.store.TestBuilds;
import io.jenkins.plugins.armory.store.disk.StoreLock;
import java.io.IOException;
import java.lang.reflect.Proxy;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class OpenStoreTest {

    @TempDir
    private Path folder;

    /** What was given to the timer, which the test runs when it likes. */
    private final Deque<Runnable> scheduled = new ArrayDeque<>();

    private final ScheduledThreadPoolExecutor timer = new ScheduledThreadPoolExecutor(1) {
        @Override
        public ScheduledFuture<?> schedule(Runnable work, long delay, TimeUnit unit) {
            scheduled.add(work);
            return super.schedule(() -> {}, 0, unit);
        }
    };

    private OpenStore store;

    @BeforeEach
    void create() {
        store = new OpenStore(
                folder,
                () -> answering(Settings.class, Map.of("problem", Optional.empty())),
                () -> TestBuilds.below(folder),
                new ApprovalRequests(null, null, null),
                new CallPermits(Runnable::run),
                new ApprovalEvents(List::of, Runnable::run, id -> Optional.empty()),
                timer,
                Runnable::run);
    }

    @AfterEach
    void stop() {
        store.close();
        timer.shutdownNow();
    }

    private static <T> T answering(Class<T> type, Map<String, Object> answers) {
        return type.cast(
                Proxy.newProxyInstance(type.getClassLoader(), new Class<?>[] {type}, (proxy, method, arguments) -> {
                    assertThat(answers).containsKey(method.getName());
                    return answers.get(method.getName());
                }));
    }

    private void assertCannotBeOpened() throws IOException {
        assertThatThrownBy(store::open).isInstanceOf(ApprovalsUnavailableException.class);
        StoreLock.take(folder).close(); // fails unless it is free
    }

    @Test
    void opensNothingBehindWhatCannotBeOpenedHoweverOftenItTries() throws IOException {
        Path obstacle = Files.writeString(folder.resolve("open"), "no folder");
        for (int i = 0; i < 3; i++) {
            assertCannotBeOpened();
            scheduled.remove().run();
        }
        Files.delete(obstacle);
        scheduled.remove().run();

        assertThat(store.open().approvals().pending()).isEmpty();
        assertThat(store.open()).isSameAs(store.open());
        assertThatThrownBy(() -> StoreLock.take(folder)).isInstanceOf(IOException.class);
        store.close();
        StoreLock.take(folder).close();
    }
}
