package io.jenkins.plugins.armory.acceptance.campaign;

import io.jenkins.plugins.armory.acceptance.faults.FaultPoint;
import io.jenkins.plugins.armory.acceptance.faults.FaultPoint.Moment;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import java.util.stream.Collectors;

/**
 * What a campaign has come to: how the controller died, how many builds and decisions lived through it, and what was
 * wrong.
 */
public final class CampaignReport {

    private static final int TOO_MANY = 5;

    private final long begin = System.nanoTime();
    private final List<Kill> kills = new ArrayList<>();
    private final Map<FaultPoint, Integer> deaths = new EnumMap<>(FaultPoint.class);
    private final Map<Damage, Integer> damages = new EnumMap<>(Damage.class);
    private int doubts;
    private final Map<Moment, Integer> unannounced = new EnumMap<>(Moment.class);
    private final List<String> violations = new ArrayList<>();
    private final List<Kill> notPassed = new ArrayList<>();
    private int builds;
    private int decisions;
    private int repeatedLines;
    private int stranded;
    private int lostEnds;
    private int cutLogs;
    private int failedStarts;

    /** @param byItself whether the process died where it was to */
    void killed(Kill kill, boolean byItself) {
        kills.add(kill);
        if (kill.point() == null) {
            unannounced.merge(kill.moment(), 1, Integer::sum);
        } else if (byItself) {
            deaths.merge(kill.point(), 1, Integer::sum);
        } else {
            notPassed.add(kill);
        }
    }

    void damaged(Damage damage) {
        damages.merge(damage, 1, Integer::sum);
    }

    /** Notes that the controller ended as it started, without being killed. */
    void failedStart() {
        failedStarts++;
    }

    /** Takes in what another campaign, which ran at the same time, has come to. */
    public void add(CampaignReport other) {
        kills.addAll(other.kills);
        notPassed.addAll(other.notPassed);
        violations.addAll(other.violations);
        other.deaths.forEach((point, count) -> deaths.merge(point, count, Integer::sum));
        other.damages.forEach((damage, count) -> damages.merge(damage, count, Integer::sum));
        doubts += other.doubts;
        other.unannounced.forEach((moment, count) -> unannounced.merge(moment, count, Integer::sum));
        builds += other.builds;
        decisions += other.decisions;
        repeatedLines += other.repeatedLines;
        stranded += other.stranded;
        lostEnds += other.lostEnds;
        cutLogs += other.cutLogs;
        failedStarts += other.failedStarts;
    }

    void judged(Verdict verdict, int repeated) {
        Life life = verdict.life();
        builds++;
        decisions += (int) life.approvers().stream()
                .flatMap(approver ->
                        approver.said().stream().filter(Said::isAccepted).limit(1))
                .count();
        repeatedLines += repeated;
        doubts += verdict.isInDoubt() ? 1 : 0;
        stranded += life.isStranded() ? 1 : 0;
        lostEnds += life.hasLostEnd() ? 1 : 0;
        cutLogs += verdict.hasWholeLog() ? 0 : 1;
    }

    /**
     * Notes what a judgement finds, so that the campaign goes on; it does not when there is too much.
     *
     * @param output what the controller has printed
     */
    void judge(Life life, Supplier<String> output, Runnable judgement) {
        try {
            judgement.run();
        } catch (AssertionError | RuntimeException x) {
            String last = kills.isEmpty() ? "none" : kills.get(kills.size() - 1).toString();
            String name = life.job().name();
            String violation =
                    "After kill %d (%s), %s: %s%nIts log:%n%s%nIt is at: %s, %s%nIts approvals: %s%nThe controller of it:%n%s"
                            .formatted(
                                    kills.size(),
                                    last,
                                    life,
                                    x,
                                    life.build().log(),
                                    life.build().innermostSteps(),
                                    life.build().environments(),
                                    life.build().approvals(),
                                    output.get()
                                            .lines()
                                            .filter(line -> line.contains(name) || line.contains("FlowExecutionList"))
                                            .collect(Collectors.joining("\n")));
            violations.add(violation);
            System.out.println(violation);
            if (violations.size() > TOO_MANY) {
                throw new AssertionError("Too much is wrong:\n" + String.join("\n", violations), x);
            }
        }
    }

    /** Notes that the campaign could not go on. */
    public void broken(Throwable reason) {
        StringWriter trace = new StringWriter();
        reason.printStackTrace(new PrintWriter(trace));
        violations.add("The campaign ended after kill " + kills.size() + ": " + trace);
    }

    /** Everything that was not as it must be. */
    public List<String> violations() {
        return List.copyOf(violations);
    }

    /** What there was time for. */
    public List<Kill> kills() {
        return List.copyOf(kills);
    }

    /** The points at which the controller has died. */
    public Map<FaultPoint, Integer> deaths() {
        return Map.copyOf(deaths);
    }

    /** For people. */
    @Override
    public String toString() {
        StringBuilder text = new StringBuilder(
                "%d kills in %d s: %d at %d named points, %d at any moment %s, %d behind a point that was not passed%n"
                        .formatted(
                                kills.size(),
                                Duration.ofNanos(System.nanoTime() - begin).toSeconds(),
                                deaths.values().stream()
                                        .mapToInt(Integer::intValue)
                                        .sum(),
                                deaths.size(),
                                unannounced.values().stream()
                                        .mapToInt(Integer::intValue)
                                        .sum(),
                                unannounced,
                                notPassed.size()));
        notPassed.forEach(kill -> text.append("not passed: %s in %s%n".formatted(kill, kill.scenario())));
        text.append("%d builds judged, %d accepted decisions; %d violations%n"
                .formatted(builds, decisions, violations.size()));
        text.append("%s damaged, %d builds in doubt%n".formatted(damages, doubts));
        text.append(("Of Jenkins: %d log lines printed again, %d logs without an end, %d builds that did not go on,"
                        + " %d builds whose ends were lost, %d failed starts%n")
                .formatted(repeatedLines, cutLogs, stranded, lostEnds, failedStarts));
        for (FaultPoint point : FaultPoint.values()) {
            text.append("%-24s %4d  %s%n".formatted(point, deaths.getOrDefault(point, 0), point.meaning()));
        }
        return text.toString();
    }
}
