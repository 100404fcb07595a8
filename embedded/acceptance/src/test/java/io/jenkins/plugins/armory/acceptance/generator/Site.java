package io.jenkins.plugins.armory.acceptance.generator;

import io.jenkins.plugins.armory.acceptance.driver.Answer;
import io.jenkins.plugins.armory.acceptance.driver.Callback;
import io.jenkins.plugins.armory.acceptance.driver.ExternalProcess.Call;
import io.jenkins.plugins.armory.acceptance.driver.ExternalProcess.Reply;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.BiFunction;

/** One approval of a Pipeline as its external process, and the person, see it: how often they were called, and what they say. */
public final class Site {

    private static final Executor LATER = CompletableFuture.delayedExecutor(300, TimeUnit.MILLISECONDS);
    private static final int ACCEPTED = 202;
    private static final int NOT_FOUND = 404;
    private static final int CONFLICT = 409;
    private static final int GONE = 410;
    private static final int FIRST_ERROR = 400;

    private final Node.Approval approval;
    private final AtomicInteger calls = new AtomicInteger();
    private final AtomicReference<String> problem = new AtomicReference<>();

    Site(Node.Approval approval) {
        this.approval = approval;
    }

    public int number() {
        return approval.site();
    }

    public int calls() {
        return calls.get();
    }

    /** What was answered that must not be. */
    Optional<String> problem() {
        return Optional.ofNullable(problem.get());
    }

    /**
     * Answers a call, and says what is to be said: before the call is answered, or a while after that.
     *
     * @param person decides about the approval of that id, with {@code approve} or {@code reject}
     */
    public Reply answer(Call call, BiFunction<String, String, Answer> person) {
        Outcome outcome = approval.outcome(calls.getAndIncrement());
        Executor when = approval.slow() ? LATER : Runnable::run;
        when.execute(() -> say(outcome, call.callback(), person));
        return Reply.of(outcome == Outcome.REFUSED ? NOT_FOUND : ACCEPTED);
    }

    private void say(Outcome outcome, Callback callback, BiFunction<String, String, Answer> person) {
        switch (outcome) {
            case SUCCESS -> {
                check(callback.succeed("fine"));
                if (approval.person()) {
                    check(person.apply(callback.id(), "approve"));
                }
            }
            case FAILURE -> check(callback.fail("2 of 42 failed"));
            case REJECTION -> check(person.apply(callback.id(), "reject"));
            default -> {
                // nothing is said
            }
        }
    }

    /** An approval may have ended meanwhile, as others have that fail beside it. */
    private void check(Answer answer) {
        if (answer.status() >= FIRST_ERROR && answer.status() != CONFLICT && answer.status() != GONE) {
            problem.set("the callback or the person of site " + number() + " was answered " + answer);
        }
    }
}
