package io.jenkins.plugins.armory.approval;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.kohsuke.accmod.Restricted;
import org.kohsuke.accmod.restrictions.NoExternalUse;

/**
 * Matches people with rules, so that as many people as possible count. A person counts for one of the rules that they
 * may count for. It is a maximum bipartite matching, found by augmenting paths (Kuhn, 1955): a person may move to
 * another rule to make room for the next.
 */
@Restricted(NoExternalUse.class)
public final class RuleMatching {

    private final List<PeopleRule> rules;
    private final List<List<Vote>> people = new ArrayList<>();

    private RuleMatching(List<PeopleRule> rules, List<Vote> votes) {
        this.rules = rules;
        rules.forEach(rule -> people.add(new ArrayList<>()));
        votes.forEach(vote -> place(vote, new HashSet<>()));
    }

    public static RuleMatching of(ManualRequirement manual, List<Vote> votes) {
        return new RuleMatching(manual.rules(), votes);
    }

    /** @param tried the rules in which no place can be made any more */
    private boolean place(Vote vote, Set<Integer> tried) {
        for (int rule : vote.rules()) {
            if (missing(rule) > 0) {
                return people.get(rule).add(vote);
            }
        }
        for (int rule : vote.rules()) {
            if (tried.add(rule)) {
                List<Vote> placed = people.get(rule);
                for (int i = 0; i < placed.size(); i++) {
                    if (place(placed.get(i), tried)) {
                        placed.set(i, vote);
                        return true;
                    }
                }
            }
        }
        return false;
    }

    /** Returns who counts for a rule. */
    public List<String> users(int rule) {
        return people.get(rule).stream().map(Vote::user).toList();
    }

    private int missing(int rule) {
        return rules.get(rule).required() - people.get(rule).size();
    }

    /**
     * Returns the rules for which one more person would count: some lack people, others have somebody who can move to
     * one of these.
     */
    public Set<Integer> open() {
        return reaching(IntStream.range(0, rules.size())
                .filter(rule -> missing(rule) > 0)
                .boxed()
                .toList());
    }

    /** Returns these rules, and those from which somebody can move to one of them. */
    private Set<Integer> reaching(Collection<Integer> some) {
        Set<Integer> reaching = new TreeSet<>(some);
        boolean more = !some.isEmpty();
        while (more) {
            more = false;
            for (int rule = 0; rule < rules.size(); rule++) {
                if (people.get(rule).stream().anyMatch(vote -> isAmong(vote.rules(), reaching))) {
                    more |= reaching.add(rule);
                }
            }
        }
        return reaching;
    }

    /**
     * Returns who is still needed, for a sentence: {@code 1 more of dave, alice; 2 more of ops}. It names nobody who
     * counts already.
     */
    public String needed() {
        return IntStream.range(0, rules.size())
                .filter(rule -> missing(rule) > 0)
                .mapToObj(rule -> missing(rule) + " more of " + others(reaching(List.of(rule))))
                .collect(Collectors.joining("; "));
    }

    private String others(Set<Integer> some) {
        Set<String> counted = new TreeSet<>(String.CASE_INSENSITIVE_ORDER);
        people.forEach(votes -> votes.forEach(vote -> counted.add(vote.user())));
        List<String> submitters = new ArrayList<>();
        for (int rule : some) {
            if (rules.get(rule).submitters().isEmpty()) {
                return rules.get(rule).people();
            }
            submitters.addAll(rules.get(rule).submitters());
        }
        submitters.removeIf(counted::contains);
        return submitters.isEmpty() ? "nobody" : submitters.stream().distinct().collect(Collectors.joining(", "));
    }

    /** Returns whether a person who may count for these rules would count. */
    public boolean needs(List<Integer> rulesOfPerson) {
        return isAmong(rulesOfPerson, open());
    }

    private static boolean isAmong(List<Integer> some, Set<Integer> open) {
        return !Collections.disjoint(some, open);
    }
}
