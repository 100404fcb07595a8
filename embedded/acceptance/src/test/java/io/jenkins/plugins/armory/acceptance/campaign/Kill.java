package io.jenkins.plugins.armory.acceptance.campaign;

import io.jenkins.plugins.armory.acceptance.faults.FaultPoint;
import io.jenkins.plugins.armory.acceptance.faults.FaultPoint.Moment;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * When the controller is to die: at a named step, or at any moment.
 *
 * @param moment what is going on
 * @param point {@code null} for a death that nothing in the process announces
 * @param turn when the point has been passed so often, from 1
 * @param part of the time that what is going on takes, from 0 to 1, where there is no point
 * @param scenario of a build that takes part
 * @param other of another one
 * @param damage to one of the builds under way, {@code null} for none
 */
public record Kill(
        Moment moment, FaultPoint point, int turn, double part, Scenario scenario, Scenario other, Damage damage) {

    /** Of so many kills at points, one is followed by one at any moment. */
    private static final int POINTS_FOR_ONE = 4;

    private static final int MOST_TURNS = 3;

    /**
     * As many as asked for: all points in a random order, then all of them again in another, and between them moments
     * without a name.
     */
    public static List<Kill> plan(int kills, Random random) {
        List<Kill> plan = new ArrayList<>();
        for (int round = 0; plan.size() < kills; round++) {
            List<FaultPoint> points = points();
            Collections.shuffle(points, random);
            for (FaultPoint point : points) {
                List<Scenario> coming = comingTo(point);
                // Of the points that a build passes at its start, it passes most but once.
                int most = round == 0 || point.moment() != Moment.ANSWER ? 1 : MOST_TURNS;
                int turn = 1 + random.nextInt(most);
                plan.add(new Kill(
                        point.moment(), point, turn, 0, any(coming, random), any(random), Damage.any(random, true)));
                if (random.nextInt(POINTS_FOR_ONE) == 0) {
                    Moment moment = Moment.values()[random.nextInt(Moment.values().length)];
                    plan.add(new Kill(
                            moment,
                            null,
                            0,
                            random.nextDouble(),
                            any(random),
                            any(random),
                            Damage.any(random, moment != Moment.ANSWER)));
                }
            }
        }
        return plan.subList(0, kills);
    }

    /** The points that {@code -Dacceptance.points=A,B} names, or all, to which the scenarios of the plan come. */
    private static List<FaultPoint> points() {
        return named("acceptance.points", FaultPoint.class).stream()
                .filter(point -> !comingTo(point).isEmpty())
                .collect(Collectors.toList());
    }

    /** All scenarios, or those that {@code -Dacceptance.scenarios=A,B} names. */
    private static List<Scenario> scenarios() {
        return named("acceptance.scenarios", Scenario.class);
    }

    private static <E extends Enum<E>> List<E> named(String property, Class<E> type) {
        String names = System.getProperty(property, "");
        return names.isEmpty()
                ? List.of(type.getEnumConstants())
                : Arrays.stream(names.split(","))
                        .map(name -> Enum.valueOf(type, name))
                        .toList();
    }

    /** The points that are in a plan: the first time that one of them comes, builds are sure to pass it. */
    public static Set<FaultPoint> pointsPassedBy(List<Kill> plan) {
        return plan.stream().map(Kill::point).filter(Objects::nonNull).collect(Collectors.toSet());
    }

    private static Scenario any(Random random) {
        return any(scenarios(), random);
    }

    private static Scenario any(List<Scenario> scenarios, Random random) {
        return scenarios.get(random.nextInt(scenarios.size()));
    }

    /** The scenarios of the plan that come to the point. */
    private static List<Scenario> comingTo(FaultPoint point) {
        return scenarios().stream().filter(scenario -> comesTo(point, scenario)).toList();
    }

    private static boolean comesTo(FaultPoint point, Scenario scenario) {
        return switch (point) {
            case RETRY_SCHEDULING -> scenario == Scenario.RETRIED;
            case PERSON_DECIDING, PERSON_DECIDED -> scenario == Scenario.PERSON;
            case ANSWER_JUDGED -> scenario == Scenario.ANSWER;
            case STATUS_ASKING, STATUS_ANSWERED -> scenario == Scenario.STATUS;
            case NOTICE_SENDING, NOTICE_ANSWERED, NOTICE_OVER -> scenario == Scenario.NOTIFIED;
            case ABORTING, ABORTED, CANCELLING, CANCEL_ANSWERED, CANCEL_OVER ->
                scenario == Scenario.STOPPED || scenario == Scenario.MANY_STOPPED;
            case DEADLINE_CHECKING, DEADLINE_CHECKED -> scenario == Scenario.TIMEOUT || scenario == Scenario.SILENT;
            case STOP_TELLING -> false;
            case STEP_FOLLOWING -> scenario == Scenario.MANY || scenario == Scenario.MANY_FAILURE;
            case EVENT_PASSING_ON -> scenario == Scenario.MANY_FAILURE;
            case STAGE_PAUSED,
                    ENVIRONMENT_BEGINNING,
                    ENVIRONMENTS_APPLYING,
                    ENVIRONMENTS_APPLIED,
                    ENVIRONMENT_SETTLED,
                    BODY_STARTED,
                    BODY_ENDED,
                    ENVIRONMENT_ENDED,
                    ENVIRONMENTS_ENDING -> scenario == Scenario.ENVIRONMENTS || scenario.isProtected();
            case RULES_FROZEN, RULES_ASKING, RULES_ASKED, CHECKS_ASKING, CHECKS_ASKED -> scenario.isProtected();
            case RULES_MET, BODY_ADMITTED -> scenario == Scenario.PROTECTED;
            case RULE_REFUSING, RULE_REFUSED -> scenario == Scenario.PROTECTED_FAILURE;
            case STEP_STARTING, STEP_STARTED, PROGRAM_SAVED -> !scenario.isProtected() && !isLate(scenario);
            case CALLBACK_ARRIVED, CALLBACK_ANSWERING ->
                scenario == Scenario.SUCCESS || scenario == Scenario.RACE || scenario.isProtected();
            case PLAN_READING, PLAN_WRITTEN, ACTION_BEGINNING, ACTION_ENDING, ACTION_ENDED ->
                scenario == Scenario.DEPLOYMENT_FILE;
            case CALL_NOTED -> scenario == Scenario.SUCCESS || scenario.isProtected();
            case PROGRAM_SAVING, PROGRAM_WRITTEN -> // none is saved behind the last step
                scenario == Scenario.SEQUENCE || scenario.isProtected();
            default -> !isLate(scenario);
        };
    }

    /** No decision may come in a build that is stopped, and none soon in one of which nothing is heard. */
    private static boolean isLate(Scenario scenario) {
        return scenario.isStopped() || scenario == Scenario.TIMEOUT || scenario == Scenario.SILENT;
    }

    @Override
    public String toString() {
        String what = point == null
                ? "any moment in " + moment + " (" + Math.round(part * 100) + " %)"
                : point + " passed " + turn + " times";
        return damage == null ? what : what + ", " + damage;
    }
}
