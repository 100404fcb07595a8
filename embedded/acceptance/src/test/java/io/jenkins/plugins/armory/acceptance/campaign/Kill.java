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
 */
public record Kill(Moment moment, FaultPoint point, int turn, double part, Scenario scenario, Scenario other) {

    /** Of so many kills at points, one is followed by one at any moment. */
    private static final int POINTS_FOR_ONE = 4;

    private static final int MOST_TURNS = 3;

    /**
     * As many as asked for: all points in a random order, then all of them again in another, and between them moments without
     * a name.
     */
    public static List<Kill> plan(int kills, Random random) {
        List<Kill> plan = new ArrayList<>();
        for (int round = 0; plan.size() < kills; round++) {
            List<FaultPoint> points = points();
            Collections.shuffle(points, random);
            for (FaultPoint point : points) {
                // Of the points that a build passes at its start, it passes most but once.
                int most = round == 0 || point.moment() != Moment.ANSWER ? 1 : MOST_TURNS;
                int turn = 1 + random.nextInt(most);
                plan.add(new Kill(point.moment(), point, turn, 0, scenario(point, random), any(random)));
                if (random.nextInt(POINTS_FOR_ONE) == 0) {
                    Moment moment = Moment.values()[random.nextInt(Moment.values().length)];
                    plan.add(new Kill(moment, null, 0, random.nextDouble(), any(random), any(random)));
                }
            }
        }
        return plan.subList(0, kills);
    }

    /** All points, or those that {@code -Dacceptance.points=A,B} names. */
    private static List<FaultPoint> points() {
        String named = System.getProperty("acceptance.points", "");
        return named.isEmpty()
                ? new ArrayList<>(List.of(FaultPoint.values()))
                : Arrays.stream(named.split(",")).map(FaultPoint::valueOf).collect(Collectors.toList());
    }

    /** The points that are in a plan: the first time that one of them comes, builds are sure to pass it. */
    public static Set<FaultPoint> pointsPassedBy(List<Kill> plan) {
        return plan.stream().map(Kill::point).filter(Objects::nonNull).collect(Collectors.toSet());
    }

    private static Scenario any(Random random) {
        return Scenario.values()[random.nextInt(Scenario.values().length)];
    }

    /** One that comes to the point. */
    private static Scenario scenario(FaultPoint point, Random random) {
        return switch (point) {
            case SUPERSEDING, SUPERSEDED -> Scenario.SUPERSEDED;
            case TRY_FAILED, TRY_CREATING -> Scenario.RUN_AGAIN;
            case RETRY_SCHEDULING -> Scenario.RETRIED;
            case PERSON_DECIDING, PERSON_DECIDED -> Scenario.PERSON;
            case ANSWER_JUDGED -> Scenario.ANSWER;
            case STATUS_ASKING, STATUS_ANSWERED -> Scenario.STATUS;
            case NOTICE_SENDING, NOTICE_ANSWERED, NOTICE_OVER -> Scenario.NOTIFIED;
            case ABORTING, ABORTED, CANCELLING, CANCEL_ANSWERED, CANCEL_OVER ->
                random.nextBoolean() ? Scenario.STOPPED : Scenario.MANY_STOPPED;
            case DEADLINE_CHECKING, DEADLINE_CHECKED -> random.nextBoolean() ? Scenario.TIMEOUT : Scenario.SILENT;
            case OTHERS_ENDING, OTHERS_ENDED -> random.nextBoolean() ? Scenario.PHASE_FAILURE : Scenario.MANY_FAILURE;
            case JOURNAL_TEARING, STEP_FOLLOWING -> random.nextBoolean() ? Scenario.MANY : Scenario.MANY_FAILURE;
            case EVENT_PASSING_ON -> Scenario.MANY_FAILURE;
            case STAGE_PAUSED,
                    ENVIRONMENT_BEGINNING,
                    ENVIRONMENTS_APPLYING,
                    ENVIRONMENTS_WRITING,
                    ENVIRONMENTS_RENAMING,
                    ENVIRONMENTS_RENAMED,
                    ENVIRONMENTS_APPLIED,
                    ENVIRONMENT_SETTLED,
                    BODY_STARTED,
                    BODY_ENDED,
                    ENVIRONMENT_ENDED,
                    ENVIRONMENTS_ENDING -> Scenario.ENVIRONMENTS;
            case CALLBACK_ARRIVED, CALLBACK_ANSWERING -> random.nextBoolean() ? Scenario.SUCCESS : Scenario.RACE;
            case PLAN_READING, PLAN_WRITTEN, ACTION_BEGINNING, ACTION_ENDING, ACTION_ENDED -> Scenario.DEPLOYMENT_FILE;
            case CALL_NOTED -> Scenario.SUCCESS;
            case PROGRAM_SAVING, PROGRAM_WRITTEN -> Scenario.SEQUENCE; // none is saved behind the last step
            default -> {
                Scenario any = any(random);
                // No decision may come in a build that is stopped, and none soon in one of which nothing is heard.
                boolean late = any.isStopped()
                        || any == Scenario.TIMEOUT
                        || any == Scenario.SILENT
                        || any == Scenario.SUPERSEDED;
                yield late ? Scenario.SUCCESS : any;
            }
        };
    }

    @Override
    public String toString() {
        return point == null
                ? "any moment in " + moment + " (" + Math.round(part * 100) + " %)"
                : point + " passed " + turn + " times";
    }
}
