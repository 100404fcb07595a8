package io.jenkins.plugins.armory.acceptance;

import io.jenkins.plugins.armory.acceptance.driver.Callback;
import io.jenkins.plugins.armory.acceptance.driver.Controller;
import io.jenkins.plugins.armory.acceptance.driver.Haproxy;
import io.jenkins.plugins.armory.acceptance.driver.Load;
import io.jenkins.plugins.armory.acceptance.driver.RealJenkins;
import io.jenkins.plugins.armory.acceptance.driver.ScriptConsole;
import io.jenkins.plugins.armory.acceptance.driver.Spread;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;

/**
 * Callbacks to two controllers behind one address, which a proxy tells apart by their paths; beside one of them through the proxy and
 * at its own address. No build waits for any of them. Run it by its name, see docs/performance.md.
 */
@EnabledIfSystemProperty(named = "jenkins.war", matches = ".+", disabledReason = "measures real Jenkins")
class SeveralControllersBenchmark {

    private static final int ROUNDS = Integer.getInteger("acceptance.rounds", 7);
    private static final int CONNECTIONS = 16;
    private static final int REQUESTS = 8000;
    /** Until the JVM has compiled what it is going to. */
    private static final int WARM_UP_ROUNDS = 6;

    private static final String BODY = Callback.body(true, "All 42 checks have passed.");

    /** Where the callbacks go. */
    private enum Way {
        ONE_DIRECTLY,
        ONE_BEHIND_THE_PROXY,
        TWO_BEHIND_THE_PROXY
    }

    /** A controller as its callers see it. */
    private record Member(String prefix, Controller controller, ScriptConsole console, String token) {

        List<Load.Request> requests(int count) {
            console.awaitFolded();
            return console.newApprovals(count).stream()
                    .map(id ->
                            new Load.Request(prefix + "/armory/approvals/" + id + "/callback", "Bearer " + token, BODY))
                    .toList();
        }
    }

    @Test
    void behindOneAddress() throws Exception {
        try (Haproxy proxy = new Haproxy();
                Controller first = create("/team-a", proxy);
                Controller second = create("/team-b", proxy)) {
            first.start();
            second.start();
            proxy.start(Map.of("/team-a", first, "/team-b", second));
            List<Member> members = List.of(member("/team-a", first, proxy), member("/team-b", second, proxy));
            checkThatEachHasTokensOfItsOwn(members, proxy);
            Map<Way, List<Load>> rounds = new TreeMap<>();
            List<Way> ways = new ArrayList<>(List.of(Way.values()));
            for (int round = -WARM_UP_ROUNDS; round < ROUNDS; round++) {
                Collections.rotate(ways, 1);
                for (Way way : ways) {
                    Load load = load(way, members, proxy);
                    if (round >= 0) {
                        rounds.computeIfAbsent(way, each -> new ArrayList<>()).add(load);
                    }
                }
            }
            rounds.forEach((way, loads) -> System.out.printf(
                    "%-20s: %s/s; median %s ms; p99 %s ms%n",
                    way,
                    Spread.of(loads, Load::perSecond, "%.0f"),
                    Spread.of(loads, load -> load.millis(0.5), "%.2f"),
                    Spread.of(loads, load -> load.millis(0.99), "%.2f")));
        }
    }

    private static Controller create(String prefix, Haproxy proxy) {
        return RealJenkins.createAt(
                prefix, BenchmarkClient.CASC + "    callbackBaseUrl: \"" + proxy.url(prefix) + "\"\n");
    }

    private static Member member(String prefix, Controller controller, Haproxy proxy) {
        return new Member(
                prefix, controller, new ScriptConsole(controller), BenchmarkClient.tokenOf(proxy.url(prefix)));
    }

    /** The client has the same name and secret with both, and its tokens are for one of them. */
    private static void checkThatEachHasTokensOfItsOwn(List<Member> members, Haproxy proxy) {
        Member one = members.get(0);
        String id = one.console().newApprovals(1).get(0);
        Callback callback = new Callback(
                proxy.url(one.prefix()) + "armory/approvals/" + id,
                members.get(1).token());
        callback.succeed("from a token of the other controller").expect(401);
        callback.with(one.token()).succeed("yes").expect(200);
    }

    private static Load load(Way way, List<Member> members, Haproxy proxy) throws Exception {
        Member one = members.get(0);
        return switch (way) {
            case ONE_DIRECTLY -> Load.send(one.controller().url(), one.requests(REQUESTS), CONNECTIONS);
            case ONE_BEHIND_THE_PROXY -> Load.send(proxy.url(""), one.requests(REQUESTS), CONNECTIONS);
            case TWO_BEHIND_THE_PROXY -> {
                List<Load.Request> requests = new ArrayList<>(one.requests(REQUESTS / 2));
                requests.addAll(members.get(1).requests(REQUESTS / 2));
                Collections.shuffle(requests, new Random(1));
                yield Load.send(proxy.url(""), requests, CONNECTIONS);
            }
        };
    }
}
