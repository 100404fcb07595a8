package io.jenkins.plugins.armory.runtime;

import com.google.common.base.Suppliers;
import com.google.common.util.concurrent.MoreExecutors;
import hudson.security.ACL;
import hudson.security.ACLContext;
import io.jenkins.plugins.armory.api.ApprovalListener;
import io.jenkins.plugins.armory.api.ApprovalView;
import io.jenkins.plugins.armory.api.ApprovalViews;
import io.jenkins.plugins.armory.approval.Approval;
import io.jenkins.plugins.armory.approval.Progress;
import io.jenkins.plugins.armory.store.ApprovalObserver;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.logging.Level;
import java.util.logging.Logger;

/**
 * Passes the changes of approvals on to the {@link ApprovalListener}s. Each has a queue of its own, so that one that
 * waits for the network holds up no other. It loses the oldest changes once {@value #MOST} wait for it.
 */
final class ApprovalEvents implements ApprovalObserver {

    private static final Logger LOGGER = Logger.getLogger(ApprovalEvents.class.getName());

    /** An orderly stop waits so long for the listeners, of which one may wait for a service that does not answer. */
    private static final Duration STOP = Duration.ofSeconds(5);

    private static final int MOST = 10_000;

    private final Supplier<List<ApprovalListener>> listeners;
    private final Executor executor;
    private final Function<String, Optional<Approval>> pending;
    private final Map<ApprovalListener, Queue> queues = new ConcurrentHashMap<>();

    /**
     * @param listeners returns whom to tell
     * @param executor tells them
     * @param pending returns an approval as it is, and nothing for one that is decided
     */
    ApprovalEvents(
            Supplier<List<ApprovalListener>> listeners,
            Executor executor,
            Function<String, Optional<Approval>> pending) {
        this.listeners = listeners;
        this.executor = executor;
        this.pending = pending;
    }

    /** What a listener is still to be told. */
    private final class Queue {

        private final ApprovalListener listener;
        private final Executor turns = MoreExecutors.newSequentialExecutor(executor);
        private final Deque<Runnable> calls = new ArrayDeque<>();
        private boolean loses;

        Queue(ApprovalListener listener) {
            this.listener = listener;
        }

        void add(Runnable call) {
            synchronized (calls) {
                calls.add(call);
                if (calls.size() > MOST) {
                    calls.remove();
                    if (!loses) {
                        loses = true;
                        LOGGER.warning(listener.getClass().getName() + " is far behind, and loses the oldest changes");
                    }
                    return; // the oldest leaves its turn
                }
            }
            turns.execute(this::callNext);
        }

        private void callNext() {
            Runnable next;
            synchronized (calls) {
                next = calls.remove();
                loses &= !calls.isEmpty();
            }
            next.run();
        }
    }

    @Override
    public void created(Approval approval) {
        tell(approval, ApprovalListener::created);
    }

    @Override
    public void waiting(Approval approval) {
        tellIfPending(approval, ApprovalListener::waiting);
    }

    @Override
    public void progressed(Approval approval, Progress progress) {
        tellIfPending(approval, (listener, now) -> listener.progressed(now, progress.percent(), progress.mdMessage()));
    }

    @Override
    public void decided(Approval approval) {
        tell(approval, ApprovalListener::decided);
    }

    private void tell(Approval approval, BiConsumer<ApprovalListener, ApprovalView> event) {
        Supplier<ApprovalView> view = Suppliers.memoize(() -> ApprovalViews.of(approval)); // one for all listeners
        tell(listener -> event.accept(listener, view.get()));
    }

    /** Tells of an approval as it is when it is the first listener's turn, which may come late. */
    private void tellIfPending(Approval approval, BiConsumer<ApprovalListener, ApprovalView> event) {
        Supplier<Optional<ApprovalView>> view =
                Suppliers.memoize(() -> pending.apply(approval.id()).map(ApprovalViews::of));
        tell(listener -> view.get()
                .filter(now -> pending.apply(approval.id()).isPresent())
                .ifPresent(now -> event.accept(listener, now)));
    }

    private void tell(Consumer<ApprovalListener> event) {
        for (ApprovalListener listener : listeners.get()) {
            queues.computeIfAbsent(listener, Queue::new).add(() -> tell(listener, event));
        }
    }

    private static void tell(ApprovalListener listener, Consumer<ApprovalListener> event) {
        try (ACLContext ignored = ACL.as2(ACL.SYSTEM2)) {
            event.accept(listener);
        } catch (RuntimeException | Error x) { // a listener is another plugin's; an error would end the queue
            LOGGER.log(Level.WARNING, listener.getClass().getName() + " failed", x);
        }
    }

    /** Waits until the listeners know all that has happened, but not for long. */
    void awaitTold() {
        List<Queue> all = List.copyOf(queues.values());
        CountDownLatch done = new CountDownLatch(all.size());
        all.forEach(queue -> queue.add(done::countDown));
        try {
            if (!done.await(STOP.toSeconds(), TimeUnit.SECONDS)) {
                LOGGER.log(
                        Level.WARNING,
                        "A listener to approvals was not told of the last changes, because it takes longer than {0} s for one",
                        STOP.toSeconds());
            }
        } catch (InterruptedException x) {
            Thread.currentThread().interrupt();
        }
    }
}
