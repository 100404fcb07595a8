package io.jenkins.plugins.armory.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import io.jenkins.plugins.armory.acceptance.driver.Answer;
import io.jenkins.plugins.armory.acceptance.driver.Build;
import io.jenkins.plugins.armory.acceptance.driver.Callback;
import io.jenkins.plugins.armory.acceptance.driver.Http;
import io.jenkins.plugins.armory.acceptance.driver.Signing;
import io.jenkins.plugins.armory.acceptance.driver.Tokens;
import io.jenkins.plugins.armory.acceptance.driver.Wait;
import java.io.IOException;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;

/** Whoever has no token can neither fill memory or disk, nor keep those out who have one. */
class AbuseTest extends OwnController {

    private static final int REQUESTS = 1_500;
    private static final int SLOW = 345;
    private static final int TRICKLING = 34;
    private static final String TOKEN =
            "/armory/oauth/token HTTP/1.1\r\nContent-Type: application/x-www-form-urlencoded";
    private static final int WARM_UP = 1_000;
    /** In bytes: less than a hundred a request. */
    private static final long LITTLE = 240 * 1024;

    @Test
    void failedRequestsCostNothingThatStaysAndKeepNobodyOut() {
        Build build = jenkins.build(process.approval()).awaitWaiting(1);
        Callback callback = process.awaitCallback();
        Build beside = jenkins.build(process.approval()).awaitWaiting(1);
        Callback good = process.awaitCallback();
        String token = Settings.token(jenkins, Settings.CLIENT_ID);
        String approvals = controller.url() + "armory/approvals/";
        send(WARM_UP, approvals + "invented-", true, "wrong");
        send(WARM_UP, callback.uri(), false, "wrong");
        long heap = controller.liveBytes();
        long disk = controller.diskBytes();

        Map<Integer, Integer> anonymous = send(REQUESTS, approvals + "invented-", true, "");
        Map<Integer, Integer> wrong = send(REQUESTS / 2, callback.uri(), false, "wrong");
        assertThat(good.with(token).rehearse()).as("a good one beside them").returns(200, Answer::status);
        good.with(Settings.DEFAULT_SECRET).succeed("beside them").expect(200);
        wrong.putAll(send(REQUESTS / 2, callback.uri(), false, "wrong"));

        assertThat(anonymous.keySet()).containsExactly(401);
        assertThat(wrong.keySet()).containsExactly(401);
        Wait.until("the heap is as large as before")
                .untilAsserted(() -> assertThat(controller.liveBytes() - heap).isLessThan(LITTLE));
        assertThat(controller.diskBytes() - disk).isLessThan(LITTLE);
        beside.awaitResult("SUCCESS");
        assertThat(jenkins.rejectedCallbacks(callback.id())).hasSize(20);
        assertThat(callback.with(Settings.DEFAULT_SECRET).rehearse())
                .as("the right one after the guesses")
                .returns(200, Answer::status);
        assertThat(Settings.token(jenkins, Settings.CLIENT_ID)).isNotEmpty();
        callback.with(token).succeed("after them").expect(200);
        build.awaitResult("SUCCESS");
    }

    /** More connections than Jenkins has threads, each with the first byte of a body that never comes. */
    @Test
    void bodiesThatDoNotComeKeepNobodyOut() throws Exception {
        List<Socket> sockets = new ArrayList<>();
        try {
            Build build = jenkins.build(process.approval()).awaitWaiting(1);
            Callback callback = process.awaitCallback();
            URI address = URI.create(callback.uri());
            List<String> kinds = List.of(
                    signed(address),
                    TOKEN,
                    address.getPath() + " HTTP/1.1\r\nAuthorization: Bearer wrong\r\nContent-Type: application/json");
            for (int i = 0; i < SLOW; i++) {
                sockets.add(begin(address, kinds.get(i % kinds.size())));
            }
            Instant sent = Instant.now();

            callback.succeed("beside them").expect(200);

            assertThat(Duration.between(sent, Instant.now())).isLessThan(Duration.ofSeconds(5));
            build.awaitResult("SUCCESS");
            Map<String, Integer> statuses = new TreeMap<>();
            for (Socket each : sockets) {
                each.setSoTimeout(60_000);
                byte[] start = each.getInputStream().readNBytes("HTTP/1.1 503".length());
                statuses.merge(new String(start, StandardCharsets.US_ASCII), 1, Integer::sum);
            }
            assertThat(statuses)
                    .containsOnlyKeys("HTTP/1.1 401", "HTTP/1.1 408", "HTTP/1.1 503")
                    .hasEntrySatisfying(
                            "HTTP/1.1 408", ended -> assertThat(ended).isGreaterThanOrEqualTo(64))
                    .containsEntry("HTTP/1.1 401", SLOW / kinds.size());
            assertThat(Duration.between(sent, Instant.now())).isLessThan(Duration.ofSeconds(25));
            assertThat(Settings.token(jenkins, Settings.CLIENT_ID)).isNotEmpty();
        } finally {
            for (Socket each : sockets) {
                each.close();
            }
        }
    }

    /** More than have permits at once, at each path that reads a body before its sender is known. */
    @Test
    void whoeverSendsAtOnceIsServedBesideBodiesThatTrickle() throws Exception {
        List<Socket> sockets = new ArrayList<>();
        try {
            Build build = jenkins.build(process.approval(Settings.SIGNED)).awaitWaiting(1);
            Callback callback = process.awaitCallback();
            URI address = URI.create(callback.uri());
            Instant begun = Instant.now();
            for (int i = 0; i < TRICKLING; i++) {
                sockets.add(begin(address, signed(address)));
                sockets.add(begin(address, TOKEN));
            }

            awaitTaken(sockets, () -> Tokens.ask(jenkins, Settings.CLIENT_ID, Settings.CLIENT_SECRET));
            awaitTaken(sockets, () -> {
                String body = Signing.success(callback);
                return Http.send(Signing.with(Settings.SIGNING_NEW).sign(callback.post("/callback", body), body));
            });

            assertThat(Duration.between(begun, Instant.now()))
                    .as("before one of those ends by itself")
                    .isLessThan(Duration.ofSeconds(10));
            build.awaitResult("SUCCESS");
        } finally {
            for (Socket each : sockets) {
                each.close();
            }
        }
    }

    private static String signed(URI address) {
        return address.getPath() + " HTTP/1.1\r\nwebhook-id: m\r\nwebhook-timestamp: 1\r\nwebhook-signature: v1,x"
                + "\r\nContent-Type: application/json";
    }

    /** Opens a connection and sends the first byte of a body. */
    private static Socket begin(URI address, String kind) throws IOException {
        var socket = new Socket(address.getHost(), address.getPort());
        socket.getOutputStream()
                .write(("POST " + kind + "\r\nHost: localhost\r\nContent-Length: 100\r\n\r\n{")
                        .getBytes(StandardCharsets.US_ASCII));
        return socket;
    }

    private static void awaitTaken(List<Socket> beside, Supplier<Answer> request) {
        Wait.until("a request is taken").until(() -> {
            for (Socket each : beside) {
                try {
                    each.getOutputStream().write(' ');
                } catch (IOException x) {
                    // it was ended
                }
            }
            return request.get().status() == 200;
        });
    }

    /** Sends callbacks, each with another token, and counts the statuses. */
    private static Map<Integer, Integer> send(int requests, String uri, boolean numbered, String token) {
        Map<Integer, Integer> statuses = new TreeMap<>();
        for (int i = 0; i < requests; i++) {
            HttpRequest.Builder request = Http.request(numbered ? uri + i : uri)
                    .header("Content-Type", "application/json")
                    .POST(BodyPublishers.ofString(Callback.body(true, "x".repeat(100))));
            if (!token.isEmpty()) {
                request.header("Authorization", "Bearer " + token + i);
            }
            statuses.merge(Http.send(request).status(), 1, Integer::sum);
        }
        return statuses;
    }
}
