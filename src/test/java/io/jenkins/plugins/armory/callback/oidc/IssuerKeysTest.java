package io.jenkins.plugins.armory.callback.oidc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.jwk.Curve;
import com.nimbusds.jose.jwk.ECKey;
import com.nimbusds.jose.jwk.JWK;
import com.nimbusds.jose.jwk.JWKMatcher;
import com.nimbusds.jose.jwk.JWKSelector;
import com.nimbusds.jose.jwk.JWKSet;
import com.nimbusds.jose.jwk.gen.ECKeyGenerator;
import io.jenkins.plugins.armory.approval.MutableClock;
import io.jenkins.plugins.armory.callback.oidc.IssuerKeys.Unavailable;
import io.jenkins.plugins.armory.callback.token.CallersLimit;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Tests when keys are fetched, and which are used while they cannot be. */
class IssuerKeysTest {

    private static final Instant START = Instant.parse("2026-01-31T10:00:00Z");
    private static final JWK OLD = key("old");
    private static final JWK NEW = key("new");

    private final MutableClock clock = new MutableClock(START);

    /** The fetches so far, which the test completes. */
    private final List<CompletableFuture<JWKSet>> fetches = new ArrayList<>();

    private final ExecutorService callers = Executors.newCachedThreadPool();
    private IssuerKeys keys = withPatience(Duration.ofMinutes(2));

    private IssuerKeys withPatience(Duration patience) {
        return new IssuerKeys(
                "https://issuer.example.com",
                () -> {
                    CompletableFuture<JWKSet> fetch = new CompletableFuture<>();
                    synchronized (fetches) {
                        fetches.add(fetch);
                    }
                    return fetch;
                },
                clock,
                patience);
    }

    @AfterEach
    void stop() {
        callers.shutdownNow();
    }

    private static ECKey key(String id) {
        try {
            return new ECKeyGenerator(Curve.P_256).keyID(id).generate();
        } catch (JOSEException x) {
            throw new AssertionError(x);
        }
    }

    private List<JWK> find(String id) throws Unavailable {
        return keys.find(new JWKSelector(new JWKMatcher.Builder().keyID(id).build()));
    }

    private Future<List<JWK>> findLater(String id) {
        return callers.submit(() -> find(id));
    }

    private int fetches() {
        synchronized (fetches) {
            return fetches.size();
        }
    }

    private CompletableFuture<JWKSet> awaitFetch(int number) {
        Awaitility.await().until(() -> fetches() == number);
        synchronized (fetches) {
            return fetches.get(number - 1);
        }
    }

    private void fetched(JWK... known) throws Exception {
        Future<List<JWK>> first = findLater(known[0].getKeyID());
        awaitFetch(1).complete(new JWKSet(List.of(known)));
        assertThat(first.get()).hasSize(1);
    }

    private void pass(Duration duration) {
        clock.set(clock.instant().plus(duration));
    }

    @Test
    void fetchesOnceForAllAndKeepsThemFresh() throws Exception {
        Future<List<JWK>> first = findLater("old");
        CompletableFuture<JWKSet> fetch = awaitFetch(1);
        Future<List<JWK>> second = findLater("old");
        fetch.complete(new JWKSet(OLD));

        assertThat(first.get()).containsExactly(OLD);
        assertThat(second.get()).containsExactly(OLD);
        pass(IssuerKeys.FRESH.minusMillis(1));
        assertThat(find("old")).containsExactly(OLD);
        assertThat(fetches()).isEqualTo(1);
    }

    @Test
    void takesOverARotationWithTheFirstTokenOfTheNewKey() throws Exception {
        fetched(OLD);
        pass(IssuerKeys.PAUSE);

        Future<List<JWK>> found = findLater("new");
        awaitFetch(2).complete(new JWKSet(List.of(OLD, NEW)));

        assertThat(found.get()).containsExactly(NEW);
        assertThat(find("old")).containsExactly(OLD);
    }

    @Test
    void asksOnceAMinuteAtMostForKeysThatAreNotThere() throws Exception {
        fetched(OLD);
        for (int i = 0; i < 1000; i++) {
            String id = "invented" + i;
            assertThatThrownBy(() -> find(id)).isInstanceOf(Unavailable.class).hasMessageContaining("a minute");
        }
        assertThat(fetches()).isEqualTo(1);

        pass(IssuerKeys.PAUSE);
        Future<List<JWK>> found = findLater("invented");
        awaitFetch(2).complete(new JWKSet(OLD));
        assertThat(found.get()).isEmpty();
        pass(IssuerKeys.PAUSE.minusMillis(1));
        assertThatThrownBy(() -> find("invented")).isInstanceOf(Unavailable.class);
        assertThat(fetches()).isEqualTo(2);
    }

    @Test
    void aStrangersKeyDoesNotHaveTheTokenOfANewKeyRefused() throws Exception {
        fetched(OLD);
        pass(IssuerKeys.PAUSE);
        Future<List<JWK>> invented = findLater("invented");
        awaitFetch(2).complete(new JWKSet(OLD)); // and then the issuer rotates its keys
        assertThat(invented.get()).isEmpty();

        assertThatThrownBy(() -> find("new")).isInstanceOf(Unavailable.class);

        pass(IssuerKeys.PAUSE);
        Future<List<JWK>> found = findLater("new");
        awaitFetch(3).complete(new JWKSet(NEW));
        assertThat(found.get()).containsExactly(NEW);
    }

    @Test
    void aKeyThatTheIssuerTookBackIsGoneOnceTheKeysAreFetchedAgain() throws Exception {
        fetched(OLD);
        pass(IssuerKeys.FRESH);

        Future<List<JWK>> found = findLater("old");
        awaitFetch(2).complete(new JWKSet(NEW));

        assertThat(found.get()).isEmpty();
    }

    @Test
    void oldKeysServeForADayWhileTheIssuerIsDown() throws Exception {
        fetched(OLD);
        int fetch = 1;
        for (Duration age = IssuerKeys.FRESH; age.compareTo(IssuerKeys.STALE) < 0; age = age.plusHours(1)) {
            clock.set(START.plus(age));
            Future<List<JWK>> found = findLater("old");
            awaitFetch(++fetch).completeExceptionally(new IOException("it is down"));
            assertThat(found.get()).containsExactly(OLD);
            assertThat(find("old")).containsExactly(OLD); // without asking again
        }

        clock.set(START.plus(IssuerKeys.STALE));
        Future<List<JWK>> found = findLater("old");
        awaitFetch(++fetch).completeExceptionally(new IOException("it is down"));
        assertThatThrownBy(found::get).hasRootCauseInstanceOf(Unavailable.class).hasMessageContaining("it is down");
        assertThatThrownBy(() -> find("old")).isInstanceOf(Unavailable.class).hasMessageContaining("again in a minute");
        assertThat(fetches()).isEqualTo(fetch);

        pass(IssuerKeys.PAUSE);
        Future<List<JWK>> again = findLater("old");
        awaitFetch(++fetch).complete(new JWKSet(OLD));
        assertThat(again.get()).containsExactly(OLD);
    }

    @Test
    void cannotTellAboutAnUnknownKeyWhileTheIssuerIsDown() throws Exception {
        fetched(OLD);
        pass(IssuerKeys.PAUSE);

        Future<List<JWK>> found = findLater("new");
        awaitFetch(2).completeExceptionally(new IOException("it is down"));

        assertThatThrownBy(found::get).hasRootCauseInstanceOf(Unavailable.class);
        assertThat(find("old")).containsExactly(OLD);
        assertThatThrownBy(() -> find("new"))
                .as("the caller tries again before Jenkins does")
                .isInstanceOf(Unavailable.class)
                .hasMessageContaining("again in a minute");
        assertThat(fetches()).isEqualTo(2);

        pass(IssuerKeys.PAUSE);
        Future<List<JWK>> again = findLater("new");
        awaitFetch(3).complete(new JWKSet(List.of(OLD, NEW)));
        assertThat(again.get()).containsExactly(NEW);
    }

    @Test
    void nobodyWaitsForASlowIssuerForLongNorDoMany() throws Exception {
        List<Future<List<JWK>>> all = new ArrayList<>();
        for (int i = 0; i < 10 * CallersLimit.MOST; i++) {
            all.add(findLater("old"));
        }
        CompletableFuture<JWKSet> fetch = awaitFetch(1);
        // Whoever comes once all places are taken is told so at once.
        Awaitility.await().until(() -> all.stream().filter(Future::isDone).count() == 9L * CallersLimit.MOST);

        fetch.complete(new JWKSet(OLD));
        Awaitility.await().until(() -> all.stream().allMatch(Future::isDone));
        int served = 0;
        for (Future<List<JWK>> each : all) {
            try {
                assertThat(each.get()).containsExactly(OLD);
                served++;
            } catch (ExecutionException x) {
                assertThat(x).hasRootCauseInstanceOf(Unavailable.class).hasMessageContaining("others wait");
            }
        }
        assertThat(served).isEqualTo(CallersLimit.MOST);
        assertThat(fetches()).isEqualTo(1);

        keys = withPatience(Duration.ZERO);
        assertThatThrownBy(() -> find("old")).isInstanceOf(Unavailable.class).hasMessageContaining("in 0 s");
    }

    @Test
    void slowFetchesServeThoseWhoComeLater() throws Exception {
        keys = withPatience(Duration.ZERO);
        assertThatThrownBy(() -> find("old")).isInstanceOf(Unavailable.class);

        awaitFetch(1).complete(new JWKSet(OLD));

        assertThat(find("old")).containsExactly(OLD);
    }
}
