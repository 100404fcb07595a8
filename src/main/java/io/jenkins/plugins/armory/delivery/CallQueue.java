package io.jenkins.plugins.armory.delivery;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.logging.Level;
import java.util.logging.Logger;

/**
 * The calls of one kind, each when it is its {@linkplain Turns turn}. Each call that begins ends exactly once and gives its turn back,
 * whatever is thrown on its way.
 */
final class CallQueue {

    private static final Logger LOGGER = Logger.getLogger(CallQueue.class.getName());

    private final Outbox outbox;
    private final Turns turns;

    /** @param atOnce the number of calls in flight at once */
    CallQueue(Outbox outbox, int atOnce) {
        this.outbox = outbox;
        turns = new Turns(atOnce, outbox.executor());
    }

    /** A call that is to be made. */
    interface Call {

        /** Begins the call, since it is its turn. Returns what is to be called now; empty if that is not wanted any more. */
        Optional<Requests.Order> begin();

        /** Returns the {@code Idempotency-Key}. */
        String key();

        /** Returns whether the call is still to be made, after it began and before it is sent. */
        boolean isWanted();

        /** Takes note that the call is being sent. */
        default void sending(Sender sender, String destination) {}

        /** Takes a line for the build's log. */
        default void note(String line) {}

        /** Ends the call, which was not sent, since it is not wanted any more. */
        void dropped();

        /**
         * Ends the call.
         *
         * @param host empty if there was no request
         */
        void ended(String host, CallResult result);
    }

    /**
     * Makes a call at once, or when it is its turn.
     *
     * @return whether it did not have to wait
     */
    boolean make(Requests.Order order, Call call) {
        return turns.enter(
                order.approval().build().job(),
                laneOf(order),
                leave -> call.begin().ifPresentOrElse(now -> send(now, new Ending(call, leave)), leave));
    }

    private String laneOf(Requests.Order order) {
        try {
            return outbox.requests().lane(order);
        } catch (UndeliverableException | RuntimeException | Error x) {
            return ""; // making the request fails too, and says why
        }
    }

    private void send(Requests.Order order, Ending ending) {
        Call call = ending.call;
        try {
            Requests.Ready ready = outbox.requests().ready(order, call::note);
            ending.host = ready.request().host();
            call.sending(ready.sender(), ready.request().destination());
            ready.sender().send(ready.request(), call.key(), call::isWanted, ending::end);
        } catch (UndeliverableException | RuntimeException | Error x) {
            LOGGER.log(
                    x instanceof UndeliverableException ? Level.FINE : Level.WARNING,
                    "Cannot make the request of " + call.key(),
                    x);
            ending.end(CallResult.notMade(Outbox.reason(x), false));
        }
    }

    /** The end of a call that has begun. */
    private final class Ending {

        private final Call call;
        private final Runnable leave;
        private final AtomicBoolean ended = new AtomicBoolean();
        private volatile String host = "";

        Ending(Call call, Runnable leave) {
            this.call = call;
            this.leave = leave;
        }

        /** @param result {@code null} if the call was dropped */
        void end(@CheckForNull CallResult result) {
            if (ended.compareAndSet(false, true)) {
                leave.run();
                outbox.executor().execute(() -> tell(result));
            }
        }

        private void tell(@CheckForNull CallResult result) {
            if (result == null) {
                call.dropped();
            } else {
                call.ended(host, result);
            }
        }
    }
}
