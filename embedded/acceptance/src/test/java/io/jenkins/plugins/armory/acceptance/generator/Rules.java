package io.jenkins.plugins.armory.acceptance.generator;

import io.jenkins.plugins.armory.acceptance.generator.Oracle.Choices;
import io.jenkins.plugins.armory.acceptance.generator.Races.InPlace;
import io.jenkins.plugins.armory.acceptance.generator.Races.Named;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;

/**
 * Runs a Pipeline by the rules of DESIGN.md, sections 5 and 15, in one of the orders that there can be. Each rule
 * stands where its sentence is quoted. A part runs until it ends or waits, and is told what comes then.
 */
final class Rules {

    /**
     * What a part throws.
     *
     * @param interruption whether {@code failFast} has stopped it
     */
    private record Thrown(boolean interruption) {
        static final Thrown FAILURE = new Thrown(false);
        static final Thrown INTERRUPTION = new Thrown(true);
    }

    /** What comes after a part. */
    private interface Then {

        /** @param thrown {@code null} for a good end */
        void end(Thrown thrown);
    }

    /** One branch of a {@code parallel} that is run. */
    private record Branch(Join join, int number) {}

    /**
     * Where a part stands.
     *
     * @param body the environment or the rollback whose body is the innermost around it, {@code null} for none
     */
    private record Scope(Place stage, Environment environment, Object body, List<Branch> branches) {

        Scope in(Place inner) {
            return new Scope(inner, environment, body, branches);
        }

        Scope in(Environment inner) {
            return new Scope(stage, inner, inner, branches);
        }

        /** An approval belongs to the environment that it names. */
        Scope counting(Environment named) {
            return new Scope(stage, named, body, branches);
        }

        Scope inRollback() {
            return new Scope(stage, environment, new Rollback(body), branches);
        }

        /** Whether it is in the body of an environment, or of one within it. */
        boolean isInside(Environment other) {
            for (Object each = body; each != null; each = around(each)) {
                if (each == other) {
                    return true;
                }
            }
            return false;
        }

        private static Object around(Object body) {
            return body instanceof Environment inner ? inner.where.body : ((Rollback) body).around;
        }

        Scope in(Branch inner) {
            List<Branch> all = new ArrayList<>(branches);
            all.add(inner);
            return new Scope(stage, environment, body, all);
        }

        /**
         * Belongs: "An approval belongs to the environment that it stands in or names, else to the stage around it."
         */
        Place place() {
            return environment == null ? stage : environment.place;
        }

        /** Whether something happened in another branch of a {@code parallel}. */
        boolean isBeside(List<Branch> others) {
            return others.stream()
                    .anyMatch(other ->
                            branches.stream().anyMatch(own -> own.join == other.join && own.number != other.number));
        }

        /**
         * Before: "What began earlier comes before, unless it is around the other, or in another branch of a parallel
         * or matrix. In the body of an environment only that body counts."
         */
        boolean isBehind(Scope earlier) {
            return !isBeside(earlier.branches) && (body == null || body == earlier.body);
        }
    }

    /** What cancels and does not throw: an {@code afterDeployment} approval that failed, or a cancelled stage. */
    private static final class Quiet {
        final Scope scope;
        /** That it stands in or names, {@code null} for none. It need not be one yet. */
        final String environment;
        /** Of the approval; no site for a stage. */
        final int site;
        /** Whether something was cancelled for it. */
        boolean cancels;

        Quiet(Scope scope, String environment, int site) {
            this.scope = scope;
            this.environment = environment;
            this.site = site;
        }
    }

    private static final int NO_SITE = 0;

    /** An approval that has failed. */
    private static final class Failed {
        final int site;
        final Phase phase;
        final List<Branch> branches;
        /** Whether it may have ended others or not. */
        boolean doubtful;

        Failed(Node.Approval approval, Scope scope, boolean doubtful) {
            site = approval.site();
            phase = approval.phase();
            branches = scope.branches;
            this.doubtful = doubtful;
        }
    }

    /** A stage's node or an environment, and what has failed in it. */
    private static final class Place {
        final int text;
        final List<Failed> failed = new ArrayList<>();

        /** @param text of which part of the Pipeline's text */
        Place(int text) {
            this.text = text;
        }
    }

    private enum State {
        MENTIONED,
        WAITING,
        AWAITING_RULES,
        DEPLOYING,
        COMPLETE,
        FAILED,
        ROLLED_BACK,
        CANCELLED
    }

    private enum Answer {
        NO,
        PERHAPS,
        YES
    }

    /** The body of a rollback: no two are the same. */
    private static final class Rollback {
        final Object around;

        Rollback(Object around) {
            this.around = around;
        }
    }

    /**
     * A failure of a throwing phase in an environment. What has other parameters is another site.
     *
     * @param inside whether it is in the body of the environment
     */
    private record Unresolved(int site, Phase phase, boolean inside) {}

    private static Unresolved unresolved(Node.Approval approval, Scope scope, Environment environment) {
        return new Unresolved(approval.site(), approval.phase(), scope.isInside(environment));
    }

    private static final class Environment {
        final String name;
        State state = State.MENTIONED;
        List<String> dependsOn = List.of();
        /** Where its step stands. */
        Scope where;

        Place place;
        /** What the settings ask for. */
        Node.Guard guard = Node.Guard.NONE;

        boolean rulesMet;
        /** What comes once it waits no longer. */
        Runnable deploy;

        Then then;
        /** Failures of throwing phases that no later approval has made good. */
        final Set<Unresolved> unresolved = new HashSet<>();

        boolean bodyEnded;
        /** The {@code afterDeployment} approvals of it that have failed, and that nothing has made up for. */
        final List<Quiet> failedChecks = new ArrayList<>();

        boolean afterBegun;
        boolean refusedBeforeCall;
        /** Whether a mistake or a stop has closed it when it was complete. */
        boolean closedLater;

        Answer rollsBack = Answer.NO;

        Environment(String name) {
            this.name = name;
        }

        /** Whether its body may begin yet. */
        boolean isPending() {
            return state == State.WAITING || state == State.AWAITING_RULES;
        }

        boolean isOverWithoutDeployment() {
            return state == State.FAILED || state == State.ROLLED_BACK || state == State.CANCELLED;
        }

        /**
         * "In afterDeployment a failure throws nothing"; "Cancelled … counts as closed; the Pipeline goes on behind
         * it."
         */
        boolean isClosedQuietly() {
            return !failedChecks.isEmpty() || state == State.CANCELLED;
        }

        /** Open: "closed as soon as that cannot come true any more". */
        boolean isClosed() {
            return isClosedQuietly() || isOverWithoutDeployment() || closedLater;
        }

        /** Whether its failure was thrown, so that what is around it may have caught it. */
        boolean hasThrown() {
            return state == State.FAILED || state == State.ROLLED_BACK || closedLater;
        }

        boolean isIn(Object body) {
            return where != null && where.body == body;
        }
    }

    private static final Scope OUTERMOST = new Scope(null, null, null, List.of());

    private final GeneratedPipeline pipeline;
    private final Races races;
    private final Choices choices;

    private final Map<String, Environment> environments = new LinkedHashMap<>();
    private final List<Quiet> quiets = new ArrayList<>();
    private boolean stageCancelled;
    /** Failures of throwing phases of environments that the build has not reached. */
    private final Map<String, Set<Unresolved>> early = new HashMap<>();
    /** How many approvals of an environment are open, also before the build reaches it. */
    private final Map<String, Integer> open = new HashMap<>();
    /** Approvals before the deployment that it waits for. */
    private final Map<String, Integer> gates = new HashMap<>();
    /** The failed {@code afterDeployment} approvals that named what the build had not reached. */
    private final List<Quiet> earlyAfter = new ArrayList<>();

    /** The sites whose last approval has succeeded. */
    private final Set<Integer> succeeded = new HashSet<>();

    /** Whether an {@code afterDeployment} approval has failed that a later one made up for. */
    private boolean madeUpFor;

    /** Whether what happens is of the build that is judged, and not of one that it was restarted from. */
    private boolean begun;

    private Result result = Result.SUCCESS;
    private final Map<Integer, Integer> marks = new TreeMap<>();
    private final Map<Integer, Integer> calls = new TreeMap<>();
    /** What can go on, and in what order does not matter. */
    private final Deque<Runnable> ready = new ArrayDeque<>();
    /** What can go on, in any order. */
    private final List<Runnable> racing = new ArrayList<>();

    Rules(GeneratedPipeline pipeline, Races races, Choices choices) {
        this.pipeline = pipeline;
        this.races = races;
        this.choices = choices;
        begun = pipeline.restarts().isEmpty();
        pipeline.body().forEach(node -> {
            if (node instanceof Node.Mark mark) {
                marks.put(mark.number(), 0);
            } else if (node instanceof Node.Approval approval) {
                approval.elements().forEach(element -> calls.put(element.site(), 0));
            } else if (node instanceof Node.Environment environment) {
                environment.guard().elements().forEach(element -> calls.put(element.site(), 0));
            }
        });
    }

    /** Adds to what is expected. */
    void run(Expectation expectation) {
        boolean[] ended = {false};
        Then end = thrown -> {
            if (pipeline.post() != null) {
                count(marks, pipeline.post().number());
            }
            if (thrown != null) {
                worsen(thrown.interruption ? Result.ABORTED : Result.FAILURE);
            }
            ended[0] = true;
        };
        if (pipeline.declarative()) {
            declarativeStages(0, end);
        } else {
            run(pipeline.body(), OUTERMOST, end);
        }
        do {
            while (!ready.isEmpty() || !racing.isEmpty()) {
                (ready.isEmpty() ? racing.remove(choices.choose(racing.size())) : ready.remove()).run();
            }
        } while (giveUp());
        if (!ended[0]) {
            throw new IllegalStateException("The rules leave something waiting in " + pipeline);
        }
        worsenByWhatIsClosed();
        if (begun) {
            expectation.allow(marks, calls, result);
        }
    }

    /**
     * Result: "it is FAILURE at least if something was cancelled or a rollback failed, and UNSTABLE at least if an
     * environment is closed at the end or an afterDeployment approval has failed".
     */
    private void worsenByWhatIsClosed() {
        if (hasCancelled()) {
            worsen(Result.FAILURE);
        }
        if (madeUpFor || !quiets.isEmpty() || environments.values().stream().anyMatch(Environment::isClosed)) {
            worsen(Result.UNSTABLE);
        }
    }

    private boolean hasCancelled() {
        return stageCancelled
                || environments.values().stream().anyMatch(environment -> environment.state == State.CANCELLED);
    }

    /** After an error, Declarative has the stages begin that it skips, and so they can be cancelled. */
    private void declarativeStages(int number, Then then) {
        List<Node> stages = pipeline.body().parts();
        boolean isLast = number == stages.size() - 1;
        if (pipeline.restarts().contains(number)) {
            restart(number);
        }
        run(stages.get(number), OUTERMOST, thrown -> {
            if (thrown == null && !isLast) {
                declarativeStages(number + 1, then);
                return;
            }
            OptionalInt restart = pipeline.restarts().stream()
                    .mapToInt(Integer::intValue)
                    .filter(each -> each > number)
                    .min();
            boolean cancelled = !isLast && isCancelled(OUTERMOST);
            if (cancelled
                    && restart.isPresent()) { // from one that was cancelled, which Declarative does not call skipped
                declarativeStages(restart.getAsInt(), then);
                return;
            }
            stageCancelled |= cancelled;
            then.end(thrown);
        });
    }

    /**
     * A build is restarted from here: it knows what has happened in the stages before, and "failed approvals still
     * count, except those of the stages that are run again". What was only mentioned, it has not heard of.
     */
    private void restart(int stage) {
        environments.values().removeIf(environment -> environment.state == State.MENTIONED);
        marks.replaceAll((mark, times) -> 0);
        calls.replaceAll((site, times) -> 0);
        result = Result.SUCCESS;
        madeUpFor = false;
        begun = stage == pipeline.restarts().get(pipeline.restarts().size() - 1);
    }

    private static void count(Map<Integer, Integer> counts, int what) {
        counts.merge(what, 1, Integer::sum);
    }

    private void worsen(Result to) {
        if (to.compareTo(result) > 0) {
            result = to;
        }
    }

    /** Something that branches can see of each other. */
    private void event(boolean isSeen, Runnable event) {
        if (isSeen) {
            racing.add(event);
        } else {
            event.run();
        }
    }

    private void run(Node node, Scope scope, Then then) {
        Branch interrupted = interrupted(scope);
        if (interrupted != null && choices.perhaps()) {
            interrupted.join.interrupted.add(interrupted.number);
            if (node instanceof Node.Approval approval && scope.environment != null && choices.perhaps()) {
                // It had begun: a gate that was interrupted did not open.
                scope.environment.unresolved.add(unresolved(approval, scope, scope.environment));
            }
            if (node instanceof Node.Approval approval && choices.perhaps()) {
                failEarly(approval);
            }
            then.end(Thrown.INTERRUPTION);
        } else if (node instanceof Node.Sequence sequence) {
            sequence(sequence.parts(), scope, then);
        } else if (node instanceof Node.Mark mark) {
            count(marks, mark.number());
            then.end(null);
        } else if (node instanceof Node.Stage stage) {
            stage(stage, scope, then);
        } else if (node instanceof Node.Parallel parallel) {
            new Join(parallel, then).start(scope);
        } else if (node instanceof Node.Environment environment) {
            environment(environment, scope, then);
        } else if (node instanceof Node.Approval approval) {
            approval(approval, scope, then);
        } else if (node instanceof Node.Again again) {
            again(again.times(), again.approval(), scope, then);
        } else if (node instanceof Node.Retry retry) {
            retry(retry.count(), retry.body(), scope, then);
        } else if (node instanceof Node.Try caught) {
            run(caught.body(), scope, thrown -> {
                if (thrown == null) {
                    then.end(null);
                } else {
                    run(
                            caught.handler(),
                            scope,
                            another -> then.end(another == null && caught.rethrows() ? thrown : another));
                }
            });
        } else if (node instanceof Node.CatchError caught) {
            run(caught.body(), scope, thrown -> {
                if (thrown != null) {
                    worsen(thrown.interruption && choices.perhaps() ? Result.ABORTED : Result.FAILURE);
                }
                then.end(null);
            });
        } else if (node instanceof Node.TimeLimit limit) {
            run(limit.body(), scope, then);
        } else if (node instanceof Node.Rollback rollback) {
            rollback(rollback, scope, then);
        } else if (node instanceof Node.Failure) {
            then.end(Thrown.FAILURE);
        } else {
            throw new IllegalArgumentException(String.valueOf(node));
        }
    }

    private void sequence(List<Node> parts, Scope scope, Then then) {
        if (parts.isEmpty()) {
            then.end(null);
            return;
        }
        run(parts.get(0), scope, thrown -> {
            if (thrown != null) {
                then.end(thrown);
            } else {
                sequence(parts.subList(1, parts.size()), scope, then);
            }
        });
    }

    private void retry(int left, Node body, Scope scope, Then then) {
        run(body, scope, thrown -> {
            if (thrown == null || thrown.interruption || left == 1) {
                then.end(thrown);
            } else {
                retry(left - 1, body, scope, then);
            }
        });
    }

    private void again(int left, Node.Approval approval, Scope scope, Then then) {
        run(approval, scope, thrown -> {
            if (thrown != null || left == 1 || succeeded.contains(approval.site())) {
                then.end(thrown);
            } else {
                again(left - 1, approval, scope, then);
            }
        });
    }

    /** A {@code parallel} that is run: waits for all branches, and throws what the first one did that threw. */
    private final class Join {
        final Node.Parallel parallel;
        final Then then;
        final Set<Integer> interrupted = new HashSet<>();
        int running;
        Thrown first;
        int firstBranch;

        Join(Node.Parallel parallel, Then then) {
            this.parallel = parallel;
            this.then = then;
        }

        void start(Scope scope) {
            running = parallel.branches().size();
            for (int i = 0; i < parallel.branches().size(); i++) {
                int number = i;
                ready.add(
                        () -> event(parallel.failFast(), () -> begin(number, scope))); // another may have failed before
            }
        }

        private void begin(int number, Scope scope) {
            if (stops(number) && choices.perhaps()) {
                interrupted.add(number);
                ended(number, Thrown.INTERRUPTION);
            } else {
                run(
                        parallel.branches().get(number),
                        scope.in(new Branch(this, number)),
                        thrown -> ended(number, thrown));
            }
        }

        private void ended(int number, Thrown thrown) {
            if (thrown != null && first == null) {
                first = thrown;
                firstBranch = number;
            }
            running--;
            if (running == 0) {
                then.end(first);
            }
        }

        boolean stops(int number) {
            return parallel.failFast() && first != null && firstBranch != number && !interrupted.contains(number);
        }
    }

    /** The branch in the scope that {@code failFast} is to stop, {@code null} when none is. */
    private static Branch interrupted(Scope scope) {
        return scope.branches.stream()
                .filter(branch -> branch.join.stops(branch.number))
                .findFirst()
                .orElse(null);
    }

    private static boolean mayBeStopped(Scope scope) {
        return scope.branches.stream().anyMatch(branch -> branch.join.parallel.failFast());
    }

    /** Depends: "A stage and an environment depend on all that comes before them." */
    private void stage(Node.Stage stage, Scope scope, Then then) {
        event(races.matters(Races.GATE, Races.CANCELLED), () -> {
            // Cancelled: "An environment or a rollback that has begun goes on whole."
            if (scope.body == null && isCancelled(scope)) {
                stageCancelled = true;
                cancelling(scope).forEach(quiet -> quiet.cancels = true);
                quiets.add(new Quiet(scope, null, NO_SITE)); // "counts as closed"
                // "A cancelled stage inside a stage that runs ends that one, too."
                then.end(scope.stage == null ? null : Thrown.FAILURE);
            } else {
                run(stage.body(), scope.in(new Place(races.place(stage))), then);
            }
        });
    }

    /**
     * Throws or cancels: "A failure throws; then the Pipeline's catch or finally decides about plain stages". What did
     * not throw cancels.
     */
    private boolean isCancelled(Scope stage) {
        return quiets.stream().anyMatch(quiet -> stage.isBehind(quiet.scope))
                || environments.values().stream()
                        .anyMatch(environment -> environment.where != null
                                && environment.isClosedQuietly()
                                && stage.isBehind(environment.where));
    }

    /** What a stage is cancelled for, as far as a later success could make up for it. */
    private Stream<Quiet> cancelling(Scope stage) {
        return Stream.concat(
                quiets.stream().filter(quiet -> stage.isBehind(quiet.scope)),
                environments.values().stream()
                        .filter(environment -> environment.where != null && stage.isBehind(environment.where))
                        .flatMap(environment -> environment.failedChecks.stream()));
    }

    private Environment mention(String name) {
        return environments.computeIfAbsent(name, Environment::new);
    }

    /** @param name may be {@code null} */
    private boolean isReached(String name) {
        Environment known = environments.get(name);
        return known != null && known.state != State.MENTIONED;
    }

    private void environment(Node.Environment step, Scope scope, Then then) {
        event(races.matters(Races.GATE, Races.CANCELLED, new Named(step.name())), () -> {
            if (isReached(step.name())) { // Unknown is closed: "a second deployment … throws, and closes what it names"
                Environment known = environments.get(step.name());
                closeForMistake(known, new Unresolved(0, Phase.STRATEGY, scope.isInside(known)));
                then.end(Thrown.FAILURE);
                return;
            }
            List<String> before = before(scope);
            Environment environment = mention(step.name());
            boolean chooses = step.dependsOn() != null;
            environment.dependsOn = chooses ? step.dependsOn() : before;
            environment.dependsOn.forEach(this::mention);
            environment.where = scope;
            environment.place = new Place(races.place(step));
            environment.guard = step.guard();
            environment.then = then;
            environment.unresolved.addAll(early.getOrDefault(step.name(), Set.of()));
            earlyAfter.stream()
                    .filter(quiet -> step.name().equals(quiet.environment))
                    .forEach(environment.failedChecks::add);
            environment.deploy = () -> run(
                    step.body(),
                    scope.in(environment),
                    thrown ->
                            event(races.matters(Races.GATE, new Named(step.name())), () -> over(environment, thrown)));
            // "Among environments, and only among these, an environment may choose"
            List<Quiet> cancelling = quiets.stream()
                    .filter(quiet -> scope.isBehind(quiet.scope) && !(chooses && isReached(quiet.environment)))
                    .toList();
            boolean cancelled = !cancelling.isEmpty();
            if (step.guard().ofOthers()) { // "A job outside jobs fails at once."
                boolean closed = cancelled || dependsOnClosed(environment);
                environment.state = closed && choices.perhaps() ? State.CANCELLED : State.FAILED;
                ready.add(() -> then.end(Thrown.FAILURE));
            } else if (cancelled) {
                cancelling.forEach(quiet -> quiet.cancels = true);
                cancel(environment);
            } else {
                environment.state = State.WAITING;
            }
            settle();
        });
    }

    /** The environments that come before; in the body of an environment, those in the same body. */
    private List<String> before(Scope scope) {
        return environments.values().stream()
                .filter(each -> each.where != null && scope.isBehind(each.where) && each.isIn(scope.body))
                .map(each -> each.name)
                .toList();
    }

    private void cancel(Environment environment) {
        environment.state = State.CANCELLED;
        dependencies(environment).stream()
                .flatMap(this::withAllWithin)
                .forEach(each -> each.failedChecks.forEach(quiet -> quiet.cancels = true));
        ready.add(() -> environment.then.end(null)); // "is not run …; the Pipeline goes on behind it"
    }

    /** Unknown is closed: "A mistake … throws, and closes what it names." */
    private void closeForMistake(Environment environment, Unresolved mistake) {
        if (environment.state == State.COMPLETE) {
            environment.closedLater = true;
            settle();
        } else if (!environment.isOverWithoutDeployment()) {
            environment.unresolved.add(mistake);
        }
    }

    /** Lets the environments that wait go on, or cancels them, until nothing changes any more. */
    private void settle() {
        boolean changed;
        do {
            changed = false;
            for (Environment environment : environments.values()) {
                changed |= environment.isPending() && settle(environment);
            }
        } while (changed);
    }

    private boolean dependsOnClosed(Environment environment) {
        return dependencies(environment).stream().flatMap(this::withAllWithin).anyMatch(Environment::isClosed);
    }

    private boolean settle(Environment environment) {
        boolean open =
                dependencies(environment).stream().flatMap(this::withAllWithin).allMatch(this::isOpen);
        if (dependsOnClosed(environment)) {
            cancel(environment); // "environments that depend on a closed one are cancelled"
        } else if (environment.state == State.AWAITING_RULES) {
            return false;
        } else if (open && gates.getOrDefault(environment.name, 0) > 0) {
            return false; // "that is pending when the environment begins is waited for"
        } else if (open && !environment.unresolved.isEmpty()) { // a gate of it did not open
            environment.state = State.FAILED;
            ready.add(() -> environment.then.end(Thrown.FAILURE));
        } else if (open && !environment.rulesMet && environment.guard.ofSettings()) {
            environment.state = State.AWAITING_RULES; // Order: "dependsOn first, then before"
            ready.add(() -> askBefore(environment));
        } else if (open) { // "the body begins at a moment when all hold"
            environment.state = State.DEPLOYING;
            ready.add(environment.deploy);
        } else {
            return false;
        }
        return true;
    }

    /** Also without a rule, the body does not begin at once: a gate that begins before it is waited for. */
    private void askBefore(Environment environment) {
        List<Node.Element> rules = environment.guard.before();
        Then then = thrown -> {
            if (thrown == null) {
                environment.rulesMet = true;
                environment.state = State.WAITING;
                settle();
            } else { // "A failure there is a failure before the deployment": "nothing is deployed: environment FAILED,
                // step throws"
                environment.state = State.FAILED;
                settle();
                environment.then.end(thrown);
            }
        };
        if (rules.isEmpty()) {
            event(dependsOnOthers(environment), () -> {
                if (environment.state == State.AWAITING_RULES) {
                    then.end(null);
                }
            });
        } else {
            ask(environment, Phase.BEFORE_DEPLOYMENT, rules, then);
        }
    }

    /** The rules are approvals that belong to the environment, as if they stood in its body. */
    private void ask(Environment environment, Phase phase, List<Node.Element> rules, Then then) {
        Node.Approval asked = new Node.Approval(phase, null, rules);
        Scope scope = environment.where.in(environment);
        if (is(othersFailed(asked, scope))) {
            fail(asked, scope, true, then);
            return;
        }
        event(isSeen(asked, scope) || dependsOnOthers(environment), () -> {
            boolean cancelled = phase == Phase.BEFORE_DEPLOYMENT && environment.state != State.AWAITING_RULES;
            if (cancelled) { // nobody waits any more
                callPerhaps(rules);
            } else {
                decide(asked, scope, then);
            }
        });
    }

    /** Whether other branches can tell when its body begins, or what they do matters for that. */
    private boolean dependsOnOthers(Environment environment) {
        return Stream.concat(Stream.of(environment), dependencies(environment).stream())
                .anyMatch(each -> races.matters(Races.GATE, new Named(each.name)));
    }

    /** What it depends on, directly or not. */
    private List<Environment> dependencies(Environment environment) {
        Set<String> names = new LinkedHashSet<>();
        Deque<String> left = new ArrayDeque<>(environment.dependsOn);
        while (!left.isEmpty()) {
            String name = left.remove();
            if (environments.containsKey(name) && names.add(name)) {
                left.addAll(environments.get(name).dependsOn);
            }
        }
        return names.stream().map(environments::get).toList();
    }

    private Stream<Environment> withAllWithin(Environment environment) {
        return Stream.concat(Stream.of(environment), within(environment));
    }

    private Stream<Environment> within(Environment environment) {
        return environments.values().stream()
                .filter(each -> each.isIn(environment))
                .flatMap(this::withAllWithin);
    }

    /** Open: "once its body has ended without an error, every approval that belongs to it has succeeded" */
    private boolean isOpen(Environment environment) {
        return environment.state == State.COMPLETE && !environment.isClosed() && !awaitsApprovals(environment);
    }

    /**
     * Nothing else runs, so what an environment waits for does not come: "rejects cycles and unknown names with a clear
     * error".
     */
    private boolean giveUp() {
        List<Environment> waitInVain = environments.values().stream()
                .filter(environment -> environment.state == State.WAITING)
                .filter(environment -> environment.dependsOn.stream().anyMatch(name -> !isReached(name)))
                .toList();
        for (Environment environment : waitInVain) {
            environment.state = State.FAILED; // "something that can no longer come"
            environment.rollsBack = Answer.PERHAPS;
            ready.add(() -> environment.then.end(Thrown.FAILURE));
        }
        settle();
        return !waitInVain.isEmpty();
    }

    private boolean awaitsApprovals(Environment environment) {
        return open.getOrDefault(environment.name, 0) > 0;
    }

    /** The body of an environment is over. Approvals elsewhere that name it may be open. */
    private void over(Environment environment, Thrown thrown) {
        environment.bodyEnded = true;
        if (thrown == null && environment.state == State.DEPLOYING && isChecked(environment)) {
            environment.afterBegun = true;
            open.merge(environment.name, 1, Integer::sum);
            ask(environment, Phase.AFTER_DEPLOYMENT, environment.guard.after(), failure -> {
                close(environment.name);
                environment.then.end(failure);
            });
            return;
        }
        if (environment.state == State.DEPLOYING
                && (thrown != null || hasCaught(environment) || !awaitsApprovals(environment))) {
            conclude(environment, thrown);
        }
        // "One that was caught in the environment's own body is thrown again at its end."
        boolean again = thrown == null && environment.isOverWithoutDeployment();
        environment.then.end(again ? Thrown.FAILURE : thrown);
    }

    /** "after begins when the body has ended without an error": not if one that was caught is to be thrown again. */
    private boolean isChecked(Environment environment) {
        return !environment.guard.after().isEmpty()
                && (!hasFailure(environment)
                        || !hasCaught(environment) && awaitsApprovals(environment) && choices.perhaps());
    }

    /** Whether something was thrown and caught in its body, so that nothing from outside makes up for it. */
    private boolean hasCaught(Environment environment) {
        return environment.unresolved.stream().anyMatch(Unresolved::inside)
                || within(environment).anyMatch(Environment::hasThrown);
    }

    private boolean hasFailure(Environment environment) {
        // "and those within it are open": what was thrown in them was caught here
        return !environment.unresolved.isEmpty() || within(environment).anyMatch(Environment::hasThrown);
    }

    private void conclude(Environment environment, Thrown thrown) {
        boolean failed = thrown != null || hasFailure(environment);
        environment.state = failed ? State.FAILED : State.COMPLETE;
        if (failed) {
            environment.rollsBack = rollsBack(environment, thrown);
        }
        settle();
    }

    private static Answer rollsBack(Environment environment, Thrown thrown) {
        boolean before = false;
        boolean strategy = false;
        boolean after = false;
        for (Unresolved failure : environment.unresolved) {
            before |= failure.phase == Phase.BEFORE_DEPLOYMENT;
            strategy |= failure.phase == Phase.STRATEGY;
            after |= failure.phase == Phase.AFTER_DEPLOYMENT;
        }
        if (environment.afterBegun) {
            return Answer.NO; // "and no afterDeployment approval had begun"
        }
        if (after || environment.refusedBeforeCall || thrown != null && thrown.interruption || before && strategy) {
            return Answer.PERHAPS;
        }
        // beforeDeployment: "nothing is deployed: environment FAILED"; strategy: "armoryRollback runs, environment
        // ROLLED_BACK". Where
        // the Pipeline has caught the former and gone on, something may be deployed, and "failed before it was
        // complete" holds.
        return before && thrown != null ? Answer.NO : Answer.YES;
    }

    private void rollback(Node.Rollback rollback, Scope scope, Then then) {
        event(races.matters(Races.CANCELLED, new Named(rollback.environment())), () -> {
            Environment environment = environments.get(rollback.environment());
            if (environment == null || environment.where == null) {
                // "skipped if the Declarative model has the name or something was cancelled; else an error"
                then.end(hasCancelled() || isDeclared(rollback.environment()) ? null : Thrown.FAILURE);
                return;
            }
            boolean inside = scope.environment == environment;
            boolean nestedFails = within(environment).anyMatch(Environment::hasThrown);
            boolean fails = inside && (nestedFails || !environment.unresolved.isEmpty());
            // Rolls back: "once, if the deployment began and failed, and no afterDeployment approval had begun"
            boolean began = nestedFails
                    || environment.unresolved.stream().anyMatch(each -> each.phase != Phase.BEFORE_DEPLOYMENT);
            if (environment.state == State.FAILED && is(environment.rollsBack)
                    // "in the environment's own body too, if an approval of it stands failed there"
                    || environment.state == State.DEPLOYING && fails && began && !environment.afterBegun) {
                environment.state = State.ROLLED_BACK;
                settle();
                run(rollback.body(), scope.inRollback(), then);
            } else { // where it is still deployed to, that is an error: it may fail yet
                boolean mistaken = environment.state == State.DEPLOYING && !fails;
                then.end(mistaken ? Thrown.FAILURE : null);
            }
        });
    }

    private boolean isDeclared(String name) {
        boolean[] found = {false};
        pipeline.body()
                .forEach(node -> found[0] |= node instanceof Node.Environment environment
                        && (environment.name().equals(name)
                                || environment.dependsOn() != null
                                        && environment.dependsOn().contains(name)));
        return pipeline.declarative() && found[0];
    }

    private boolean is(Answer answer) {
        return answer == Answer.YES || answer == Answer.PERHAPS && choices.perhaps();
    }

    /** Where an approval counts: in the environment that it names, once the build has reached that. */
    private Scope counting(Node.Approval approval, Scope scope) {
        return isReached(approval.environment()) ? scope.counting(environments.get(approval.environment())) : scope;
    }

    private void approval(Node.Approval approval, Scope where, Then then) {
        event(isSeen(approval, where), () -> {
            Scope scope = counting(approval, where);
            boolean named = approval.environment() != null;
            // "a label while the build has come to no environment; an error before the call once one came before it or
            // stands around it"
            if (named
                    && !isReached(approval.environment())
                    && (where.body != null || !before(where).isEmpty())) {
                refuse(approval, where);
                event(
                        isSeen(approval, where),
                        () -> { // what is refused counts a moment later
                            failAsRefused(approval);
                            then.end(Thrown.FAILURE);
                        });
                return;
            }
            if (scope.environment != null && isTooLate(approval, scope.environment, where)) {
                refuse(approval, where);
                then.end(Thrown.FAILURE);
                return;
            }
            noteAfter(approval, scope.environment);
            if (is(othersFailed(approval, scope))) {
                // "an approval that starts after one of the same phase has failed in another branch ends at once"
                fail(approval, scope, true, then);
            } else {
                String name = belongsTo(approval, scope);
                open.merge(String.valueOf(name), 1, Integer::sum);
                Environment known = environments.get(name);
                boolean gate = approval.phase() == Phase.BEFORE_DEPLOYMENT
                        && (known == null || known.state == State.MENTIONED || known.isPending());
                if (gate) {
                    gates.merge(String.valueOf(name), 1, Integer::sum);
                }
                Then closing = thrown -> {
                    if (gate) {
                        gates.merge(String.valueOf(name), -1, Integer::sum);
                    }
                    close(String.valueOf(name));
                    then.end(thrown);
                };
                event(isSeen(approval, where), () -> decide(approval, counting(approval, where), closing));
            }
        });
    }

    private static void noteAfter(Node.Approval approval, Environment environment) {
        if (environment != null && approval.phase() == Phase.AFTER_DEPLOYMENT) {
            environment.afterBegun |= environment.state == State.DEPLOYING || environment.state == State.COMPLETE;
        }
    }

    /** A mistake in an environment closes that one too, whatever it names. */
    private static void refuse(Node.Approval approval, Scope where) {
        if (where.environment != null) {
            where.environment.refusedBeforeCall = true;
            if (!where.environment.isOverWithoutDeployment()) {
                where.environment.unresolved.add(unresolved(approval, where, where.environment));
            }
        }
    }

    /**
     * Whether the environment that it belongs to is over, or, for a gate beside it, has begun: that "is an error that
     * closes".
     */
    private boolean isTooLate(Node.Approval approval, Environment environment, Scope where) {
        boolean tooLate = environment.isOverWithoutDeployment()
                || environment.state == State.COMPLETE && approval.phase() != Phase.AFTER_DEPLOYMENT
                || environment.state == State.DEPLOYING
                        && approval.phase() == Phase.BEFORE_DEPLOYMENT
                        && where.environment != environment;
        if (tooLate) {
            closeForMistake(environment, unresolved(approval, where, environment));
        }
        return tooLate;
    }

    /**
     * An approval of an environment has ended: it may have been the last thing that the environment, or its dependents,
     * waited for.
     */
    private void close(String name) {
        open.merge(name, -1, Integer::sum);
        Environment environment = environments.get(name);
        if (environment != null
                && environment.state == State.DEPLOYING
                && environment.bodyEnded
                && !awaitsApprovals(environment)) {
            conclude(environment, null);
        }
        settle();
    }

    /** Whether other branches can tell when it begins and ends, or it can tell something of them. */
    private boolean isSeen(Node.Approval approval, Scope scope) {
        Place place = scope.place();
        return mayBeStopped(scope)
                || races.matters(Races.CANCELLED) && approval.mayFail()
                || approval.environment() != null && races.matters(Races.GATE, new Named(approval.environment()))
                || place != null && races.matters(new InPlace(approval.phase(), place.text));
    }

    /**
     * Whether one of the phase has failed in another branch; "in the same branch, once the failure was caught, it is a
     * new try".
     */
    private static Answer othersFailed(Node.Approval approval, Scope scope) {
        if (scope.place() == null) {
            return Answer.NO;
        }
        Answer answer = Answer.NO;
        for (Failed failed : scope.place().failed) {
            if (failed.phase == approval.phase() && scope.isBeside(failed.branches)) {
                answer = failed.doubtful && answer != Answer.YES ? Answer.PERHAPS : Answer.YES;
            }
        }
        return answer;
    }

    /**
     * "Until the build comes to an environment of that name": what has failed by then keeps it from being deployed to.
     */
    private void failEarly(Node.Approval approval) {
        if (approval.environment() != null && !isReached(approval.environment())) {
            early.computeIfAbsent(approval.environment(), name -> new HashSet<>())
                    .add(new Unresolved(approval.site(), approval.phase(), false));
        }
    }

    /** An error before the call. The environment may have been reached since, and is deployed to then, which fails. */
    private void failAsRefused(Node.Approval approval) {
        if (!isReached(approval.environment())) {
            failEarly(approval);
            return;
        }
        closeForMistake(
                environments.get(approval.environment()), new Unresolved(approval.site(), approval.phase(), false));
    }

    private void decide(Node.Approval approval, Scope scope, Then then) {
        List<Node.Element> failing = failing(approval);
        boolean waits =
                !failing.isEmpty() && failing.stream().allMatch(element -> present(element) == Outcome.TIME_OUT);
        Branch interrupted = interrupted(scope);
        if (interrupted != null && (waits || choices.perhaps())) {
            interrupted.join.interrupted.add(interrupted.number);
            callPerhaps(approval.elements());
            failEarly(approval);
            then.end(Thrown.INTERRUPTION);
            return;
        }
        boolean ended = othersFailed(approval, scope) != Answer.NO && choices.perhaps();
        if (ended) {
            callPerhaps(approval.elements());
            fail(approval, scope, true, then);
        } else if (failing.isEmpty()) {
            approval.elements().forEach(this::call);
            succeed(approval, scope, then);
        } else { // Belongs: "Approvals ... must all succeed; the first failure ends the others."
            List<Node.Element> others = new ArrayList<>(approval.elements());
            if (failing.size() == 1) {
                others.removeAll(failing);
                failing.forEach(this::call);
            }
            callPerhaps(others);
            fail(approval, scope, false, then);
        }
    }

    private Outcome present(Node.Element element) {
        return element.outcome(calls.get(element.site()));
    }

    /** Those of a step that fail this time, unless another one is the first. */
    private List<Node.Element> failing(Node.Approval approval) {
        return approval.elements().stream()
                .filter(element -> present(element) != Outcome.SUCCESS)
                .toList();
    }

    private void call(Node.Element element) {
        if (present(element) != Outcome.UNREACHABLE) {
            count(calls, element.site());
        }
    }

    /**
     * Each of them may be called or not. Nothing but the number of its calls depends on that, so two ways stand for
     * all.
     */
    private void callPerhaps(List<Node.Element> elements) {
        if (!elements.isEmpty() && choices.perhaps()) {
            elements.forEach(this::call);
        }
    }

    private void succeed(Node.Approval approval, Scope scope, Then then) {
        succeeded.add(approval.site());
        if (scope.environment != null) {
            // "unless a later approval of the same webhook and phase in it succeeds"
            scope.environment.unresolved.remove(unresolved(approval, scope, scope.environment));
        }
        if (approval.environment() != null) {
            early.getOrDefault(approval.environment(), new HashSet<>())
                    .remove(new Unresolved(approval.site(), approval.phase(), false));
        }
        // "so is a failed afterDeployment approval, while nothing has been cancelled for it"
        quiets.stream()
                .filter(quiet -> !quiet.cancels && isOf(quiet, approval, scope))
                .toList()
                .forEach(this::makeUpFor);
        if (scope.place() != null) {
            scope.place().failed.stream()
                    .filter(failed -> failed.phase == approval.phase() && failed.site == approval.site())
                    .forEach(failed -> failed.doubtful = true);
        }
        then.end(null);
    }

    /** The name of the environment that an approval stands in or names, {@code null} for none. */
    private static String belongsTo(Node.Approval approval, Scope scope) {
        return approval.environment() != null || scope.environment == null
                ? approval.environment()
                : scope.environment.name;
    }

    private static boolean isOf(Quiet quiet, Node.Approval approval, Scope scope) {
        String name = belongsTo(approval, scope);
        return quiet.site == approval.site()
                && (name == null
                        ? quiet.environment == null && quiet.scope.place() == scope.place()
                        : name.equals(quiet.environment));
    }

    private void makeUpFor(Quiet quiet) {
        quiets.remove(quiet);
        earlyAfter.remove(quiet);
        environments.values().forEach(environment -> environment.failedChecks.remove(quiet));
        madeUpFor = true;
        settle();
    }

    private void fail(Node.Approval approval, Scope scope, boolean atOnce, Then then) {
        succeeded.remove(approval.site());
        if (scope.place() != null) {
            scope.place().failed.add(new Failed(approval, scope, atOnce));
        }
        if (approval.phase() != Phase.AFTER_DEPLOYMENT) { // "step throws"
            if (scope.environment != null) {
                scope.environment.unresolved.add(unresolved(approval, scope, scope.environment));
            }
            failEarly(approval);
            then.end(Thrown.FAILURE);
            return;
        }
        // "In afterDeployment a failure throws nothing, undoes nothing, and cancels what depends on it."
        Quiet quiet = new Quiet(scope, belongsTo(approval, scope), approval.site());
        quiets.add(quiet);
        if (scope.environment != null) {
            noteAfter(approval, scope.environment);
            if (!scope.environment.isOverWithoutDeployment()) {
                scope.environment.failedChecks.add(quiet);
            }
        } else if (approval.environment() != null) {
            earlyAfter.add(quiet);
        }
        settle();
        then.end(null);
    }
}
