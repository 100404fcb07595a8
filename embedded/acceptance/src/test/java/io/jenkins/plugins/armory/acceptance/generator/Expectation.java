package io.jenkins.plugins.armory.acceptance.generator;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;

/** What the rules allow a build to do. */
public final class Expectation {

    private static final Pattern MARK = Pattern.compile("(?m)^(?:\\[[^\\]\\n]*\\] )?MARK (\\d+)$");

    /** How often something may happen, at least and at most. */
    private record Times(int least, int most) {

        Times or(int times) {
            return new Times(Math.min(least, times), Math.max(most, times));
        }

        boolean allow(int times) {
            return least <= times && times <= most;
        }

        @Override
        public String toString() {
            return least == most ? least + " times" : least + " to " + most + " times";
        }
    }

    private final Map<Integer, Times> marks = new TreeMap<>();
    private final Map<Integer, Times> calls = new TreeMap<>();
    private final Set<Result> results = new TreeSet<>();

    /**
     * Adds one more way that the build may go.
     *
     * @param marksRun how often each marker is run
     * @param sitesCalled how often the webhook of each approval is called
     */
    void allow(Map<Integer, Integer> marksRun, Map<Integer, Integer> sitesCalled, Result result) {
        marksRun.forEach((mark, times) -> marks.merge(mark, new Times(times, times), (old, one) -> old.or(times)));
        sitesCalled.forEach((site, times) -> calls.merge(site, new Times(times, times), (old, one) -> old.or(times)));
        results.add(result);
    }

    /** What a build has done that the rules do not allow. */
    public List<String> violations(String log, String result, List<Site> sites) {
        List<String> violations = new ArrayList<>();
        checkResult(result, violations);
        if (results.isEmpty()) {
            return violations; // the build cannot be
        }
        Map<Integer, Integer> run = marksIn(log);
        marks.forEach(
                (mark, times) -> check("MARK " + mark + " was run ", run.getOrDefault(mark, 0), times, violations));
        sites.forEach(site -> check(site, calls.get(site.number()), violations));
        return violations;
    }

    /**
     * The same for a build under which the controller was killed. A line of the log may be there again, since what is
     * not saved is done again; but whatever must not be run is not there.
     *
     * @param whole whether Jenkins has kept the end of the build and of its log
     */
    public List<String> violationsDespiteKill(String log, String result, List<Site> sites, boolean whole) {
        List<String> violations = new ArrayList<>();
        if (whole) {
            checkResult(result, violations);
        }
        Map<Integer, Integer> run = marksIn(log);
        marks.forEach((mark, times) -> {
            Times again = new Times(whole ? times.least() : 0, times.most() == 0 ? 0 : times.most() + 1);
            check("MARK " + mark + " was run ", run.getOrDefault(mark, 0), again, violations);
        });
        for (Site site : sites) {
            Times times = calls.get(site.number());
            int fewest = !whole ? 0 : site.timesOut() ? Math.max(0, times.least() - 1) : times.least();
            check(site, times.or(fewest), violations);
        }
        return violations;
    }

    private void checkResult(String result, List<String> violations) {
        if (results.stream().noneMatch(allowed -> allowed.name().equals(result))) {
            violations.add("the result is " + result + ", expected " + results);
        }
    }

    private static Map<Integer, Integer> marksIn(String log) {
        Map<Integer, Integer> run = new TreeMap<>();
        MARK.matcher(log)
                .results()
                .map(MatchResult::group)
                .forEach(
                        line -> run.merge(Integer.valueOf(line.substring(line.lastIndexOf(' ') + 1)), 1, Integer::sum));
        return run;
    }

    private static void check(Site site, Times times, List<String> violations) {
        check("the webhook of site " + site.number() + " was called ", site.calls(), times, violations);
        site.problem().ifPresent(violations::add);
    }

    private static void check(String what, int actual, Times times, List<String> violations) {
        if (!times.allow(actual)) {
            violations.add(what + actual + " times, expected " + times);
        }
    }

    @Override
    public String toString() {
        return "results " + results + "; markers " + marks + "; calls " + calls;
    }
}
