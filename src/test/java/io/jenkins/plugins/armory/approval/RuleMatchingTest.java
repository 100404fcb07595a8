package io.jenkins.plugins.armory.approval;

import static org.assertj.core.api.Assertions.assertThat;

import io.jenkins.plugins.armory.Draw;
import io.jenkins.plugins.armory.Seeds;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class RuleMatchingTest {

    private static ManualRequirement rules(int... required) {
        return TestApproval.requirement(
                "Go?",
                IntStream.range(0, required.length)
                        .mapToObj(rule -> new PeopleRule(List.of("group" + rule), required[rule]))
                        .toList());
    }

    private static Vote vote(String user, Integer... rules) {
        return new Vote(user, "", Instant.EPOCH, List.of(rules));
    }

    @Test
    void aPersonInTwoGroupsMovesToTheOneThatNobodyElseCanFill() {
        ManualRequirement both = rules(1, 1);
        RuleMatching alice = RuleMatching.of(both, List.of(vote("alice", 0, 1)));
        assertThat(alice.open()).as("she counts for one, whichever helps").containsExactly(0, 1);
        assertThat(alice.needed()).isEqualTo("1 more of group0, group1");

        RuleMatching withBob = RuleMatching.of(both, List.of(vote("alice", 0, 1), vote("bob", 0)));
        assertThat(withBob.users(0)).containsExactly("bob");
        assertThat(withBob.users(1)).containsExactly("alice");
        assertThat(withBob.open()).isEmpty();
    }

    @Test
    void whoseGroupsHaveTheirPeopleIsNotNeeded() {
        RuleMatching matching = RuleMatching.of(rules(1, 2), List.of(vote("alice", 0), vote("carol", 1)));

        assertThat(matching.needs(List.of(0))).isFalse();
        assertThat(matching.needs(List.of(0, 1))).isTrue();
        assertThat(matching.needed()).isEqualTo("1 more of group1");
    }

    @Test
    void whoCountsAlreadyIsNotNeeded() {
        ManualRequirement manual = TestApproval.requirement(
                "Go?",
                List.of(
                        new PeopleRule(List.of("carol", "dave", "bob"), 2),
                        new PeopleRule(List.of("alice", "Bob"), 1),
                        new PeopleRule(List.of("eve"), 1)));

        RuleMatching matching = RuleMatching.of(manual, List.of(vote("carol", 0), vote("bob", 0, 1)));

        assertThat(matching.needed()).isEqualTo("1 more of dave, alice; 1 more of eve");
        assertThat(RuleMatching.of(manual, List.of()).needed())
                .isEqualTo("2 more of carol, dave, bob; 1 more of alice, Bob; 1 more of eve");
        assertThat(RuleMatching.of(TestApproval.requirement("Go?", List.of(), 2), List.of(vote("carol", 0)))
                        .needed())
                .isEqualTo("1 more of all with the permission");
        assertThat(RuleMatching.of(TestApproval.requirement("Go?", List.of("carol"), 2), List.of(vote("carol", 0)))
                        .needed())
                .isEqualTo("1 more of nobody");
    }

    @Test
    void asManyCountAsCanInAnyWay() {
        Seeds.each(500, draw -> {
            int[] required = draw.ints(draw.between(1, 5), 1, 4).toArray();
            ManualRequirement manual = rules(required);
            List<Vote> votes = people(draw, required.length);

            RuleMatching matching = RuleMatching.of(manual, votes);

            checkPlaces(matching, required, votes);
            int most = most(votes, required, 0);
            assertThat(placed(matching, required.length)).hasSize(most);
            for (int rule = 0; rule < required.length; rule++) {
                assertThat(matching.open().contains(rule))
                        .as("whether one more person of rule " + rule + " would count")
                        .isEqualTo(most(with(votes, vote("new", rule)), required, 0) > most);
            }
        });
    }

    /** Whoever counts is as many as can count, and the decision comes when all rules have theirs. */
    @Test
    void everybodyWhoseApprovalIsKeptCounts() {
        Seeds.each(500, draw -> {
            int[] required = draw.ints(draw.between(1, 5), 1, 3).toArray();
            Approval approval = ApprovalTest.terms("a")
                    .manual(rules(required))
                    .byPersonAlone()
                    .start();
            Map<String, List<Integer>> groups = new HashMap<>();
            people(draw, required.length).forEach(person -> groups.put(person.user(), person.rules()));
            for (int i = 0; i < 20 && !approval.isDecided() && !groups.isEmpty(); i++) {
                String user = draw.any(groups.keySet().stream().sorted().toList());
                List<Vote> before = approval.votes();
                var event = new Event.ManualApproval(user, "", Map.of(), groups.get(user));
                approval = approval.on(event, ApprovalTest.SOON).approval();

                List<Vote> votes = approval.votes();
                assertThat(most(votes, required, 0))
                        .as("all of " + votes + " count")
                        .isEqualTo(votes.size());
                assertThat(votes)
                        .allSatisfy(vote -> assertThat(groups.get(vote.user())).containsAll(vote.rules()));
                if (votes.equals(before)) {
                    assertThat(most(with(before, vote("new", event.rules().toArray(Integer[]::new))), required, 0))
                            .as("nobody is sent away who is needed, or has approved")
                            .matches(most -> most == before.size() || has(before, user));
                }
                assertThat(approval.isDecided())
                        .isEqualTo(votes.size() == IntStream.of(required).sum());
            }
        });
    }

    private static boolean has(List<Vote> votes, String user) {
        return votes.stream().anyMatch(vote -> vote.user().equals(user));
    }

    private static List<Vote> people(Draw draw, int rules) {
        return IntStream.range(0, draw.between(1, 8))
                .mapToObj(person -> vote(
                        "user" + person,
                        IntStream.range(0, rules)
                                .filter(rule -> draw.nextBoolean())
                                .boxed()
                                .toArray(Integer[]::new)))
                .toList();
    }

    private static List<Vote> with(List<Vote> votes, Vote one) {
        List<Vote> more = new ArrayList<>(votes);
        more.add(one);
        return more;
    }

    private static List<String> placed(RuleMatching matching, int rules) {
        return IntStream.range(0, rules)
                .mapToObj(matching::users)
                .flatMap(List::stream)
                .toList();
    }

    private static void checkPlaces(RuleMatching matching, int[] required, List<Vote> votes) {
        assertThat(placed(matching, required.length)).as("nobody counts twice").doesNotHaveDuplicates();
        for (int rule = 0; rule < required.length; rule++) {
            int each = rule;
            assertThat(matching.users(rule)).hasSizeLessThanOrEqualTo(required[rule]);
            assertThat(votes.stream()
                            .filter(vote -> vote.rules().contains(each))
                            .map(Vote::user))
                    .containsAll(matching.users(rule));
        }
    }

    /** Returns how many can count at most: tries all ways. */
    private static int most(List<Vote> votes, int[] free, int from) {
        if (from == votes.size()) {
            return 0;
        }
        int most = most(votes, free, from + 1);
        for (int rule : votes.get(from).rules()) {
            if (free[rule] > 0) {
                free[rule]--;
                most = Math.max(most, 1 + most(votes, free, from + 1));
                free[rule]++;
            }
        }
        return most;
    }
}
