package io.jenkins.plugins.armory.acceptance.generator;

import io.jenkins.plugins.armory.acceptance.driver.Answer;
import io.jenkins.plugins.armory.acceptance.driver.Callback;
import io.jenkins.plugins.armory.acceptance.driver.ExternalProcess.Call;
import io.jenkins.plugins.armory.acceptance.driver.ExternalProcess.Reply;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.BiFunction;
import java.util.function.Supplier;

/**
 * One approval of a Pipeline as its external process, and the person, see it: how often they were called, and what they
 * say.
 */
public final class Site {

    private static final Executor LATER = CompletableFuture.delayedExecutor(300, TimeUnit.MILLISECONDS);
    private static final int ACCEPTED = 202;
    private static final int NOT_FOUND = 404;
    private static final int CONFLICT = 409;
    private static final int GONE = 410;
    private static final int FIRST_ERROR = 400;

    private final Node.Element element;
    /** The one whose rule it is, {@code null} for an approval of the Pipeline. */
    private final String environment;
    /** Of the approvals that called, in this order. Guarded by this. */
    private final List<String> ids = new ArrayList<>();

    private final AtomicReference<String> problem = new AtomicReference<>();

    Site(Node.Element element) {
        this(element, null);
    }

    Site(Node.Element element, String environment) {
        this.element = element;
        this.environment = environment;
    }

    /**
     * The end of the path of its calls. The settings have one address for a rule, in which the job and the environment
     * are variables.
     */
    public String path(long seed, String job) {
        return environment == null
                ? seed + "/" + number()
                : ProtectedEnvironment.path(job, environment, element.webhook());
    }

    public int number() {
        return element.site();
    }

    /** For how many approvals it was called. A call that a crash cut off is made again, and is none more. */
    public synchronized int calls() {
        return ids.size();
    }

    /** Whether the time limit may pass while the controller is down. Then nobody is called. */
    boolean timesOut() {
        return element.outcomes().contains(Outcome.TIME_OUT);
    }

    boolean timesOutAtTimes() {
        return timesOut() && element.outcomes().stream().distinct().count() > 1;
    }

    private synchronized int timeOf(String id) {
        if (!ids.contains(id)) {
            ids.add(id);
        }
        return ids.indexOf(id);
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
        Outcome outcome = element.outcome(timeOf(call.callback().id()));
        Executor when = element.slow() ? LATER : Runnable::run;
        when.execute(() -> say(outcome, call.callback(), person));
        return Reply.of(outcome == Outcome.REFUSED ? NOT_FOUND : ACCEPTED);
    }

    private void say(Outcome outcome, Callback callback, BiFunction<String, String, Answer> person) {
        switch (outcome) {
            case SUCCESS -> {
                insist(() -> callback.succeed("fine"));
                if (element.person()) {
                    insist(() -> person.apply(callback.id(), "approve"));
                }
            }
            case FAILURE -> insist(() -> callback.fail("2 of 42 failed"));
            case REJECTION -> insist(() -> person.apply(callback.id(), "reject"));
            default -> {
                // nothing is said
            }
        }
    }

    /**
     * Says it until there is an answer that is final, over a death of the controller. An approval may have ended
     * meanwhile, as others have that fail beside it.
     */
    private void insist(Supplier<Answer> saying) {
        Answer answer = Answer.patiently(saying);
        if (answer.status() >= FIRST_ERROR && answer.status() != CONFLICT && answer.status() != GONE) {
            problem.set("the callback or the person of site " + number() + " was answered " + answer);
        }
    }
}
