package io.jenkins.plugins.armory.webhook;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.jenkins.plugins.armory.Seeds;
import java.time.Duration;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Tests the rules for retries, and the time limits of a call. */
class RetryRulesTest {

    @Test
    void numberAloneKeepsTheDefaults() {
        RetryRules rules = RetryRules.ofCount(3);

        assertThat(rules.count()).isEqualTo(3);
        assertThat(rules.delay()).isEqualTo(Duration.ofSeconds(1));
        assertThat(rules.maxDelay()).isEqualTo(Duration.ofMinutes(1));
        for (int status : List.of(429, 500, 503, 599)) {
            assertThat(rules.repeatAfter(status)).isTrue();
        }
        for (int status : List.of(200, 301, 400, 404, 409, 430)) {
            assertThat(rules.repeatAfter(status)).isFalse();
        }
        assertThat(RetryRules.of(3, List.of(), 0, 0)).isEqualTo(rules);
    }

    @Test
    void repeatsAfterTheAnswersThatItNames() {
        RetryRules rules = RetryRules.of(1, List.of("409", "4xx", "503"), 0, 0);

        assertThat(rules.repeatAfter(409)).isTrue();
        assertThat(rules.repeatAfter(499)).isTrue();
        assertThat(rules.repeatAfter(503)).isTrue();
        assertThat(rules.repeatAfter(500)).isFalse();
        assertThat(rules.repeatAfter(399)).isFalse();
    }

    @Test
    void longFirstDelayIsTheLongestToo() {
        assertThat(RetryRules.of(1, List.of(), 300, 0).maxDelay()).isEqualTo(Duration.ofMinutes(5));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "-1 | 429 | 0 | 0 | retry: count: -1 is less than 0",
                "1 | 200 | 0 | 0 | retry: on: \"200\" is neither the status of a failure",
                "1 | 2xx | 0 | 0 | retry: on: \"2xx\" is neither the status of a failure",
                "1 | 429 5xx | 0 | 0 | retry: on: \"429 5xx\" is neither",
                "1 | 5XX | 0 | 0 | retry: on: \"5XX\" is neither",
                "1 | 50x | 0 | 0 | retry: on: \"50x\" is neither",
                "1 | 429 | -1 | 0 | retry: delay: -1 is not a number of seconds from 1 to 86400",
                "1 | 429 | 86401 | 0 | retry: delay: 86401 is not a number of seconds",
                "1 | 429 | 0 | -5 | retry: maxDelay: -5 is not a number of seconds",
                "1 | 429 | 10 | 9 | retry: maxDelay: 9 seconds is less than the delay of 10 seconds",
            })
    void refusesWhatMakesNoSense(int count, String on, int delay, int maxDelay, String message) {
        assertThatThrownBy(() -> RetryRules.of(count, List.of(on), delay, maxDelay))
                .isInstanceOf(InvalidWebhookException.class)
                .hasMessageStartingWith(message);
    }

    @Test
    void negativeNumberOfRetriesIsNamedAsTheFieldThatHasIt() {
        assertThatThrownBy(() -> RetryRules.ofCount(-1)).hasMessage("retryCount: -1 is less than 0");
    }

    @Test
    void limitsHaveDefaults() {
        assertThat(new CallLimits(0, 0)).isEqualTo(CallLimits.DEFAULT);
        assertThat(CallLimits.DEFAULT.connect()).isEqualTo(Duration.ofSeconds(10));
        assertThat(CallLimits.DEFAULT.request()).isEqualTo(Duration.ofSeconds(30));
        assertThat(new CallLimits(0, 5).request()).isEqualTo(Duration.ofSeconds(5));
        assertThat(new CallLimits(300, 300).connect()).isEqualTo(Duration.ofMinutes(5));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "-1 | 0 | connectTimeout: -1 is not a number of seconds from 1 to 300",
                "301 | 0 | connectTimeout: 301 is not",
                "0 | 301 | requestTimeout: 301 is not a number of seconds from 1 to 300",
                "6 | 5 | connectTimeout: 6 seconds is more than the whole call may take: requestTimeout is 5",
                "31 | 0 | connectTimeout: 31 seconds is more than the whole call may take, which is 30; set requestTimeout too",
            })
    void limitsHaveBounds(int connect, int request, String message) {
        assertThatThrownBy(() -> new CallLimits(connect, request))
                .isInstanceOf(InvalidWebhookException.class)
                .hasMessageStartingWith(message);
    }

    @Test
    void signedWebhookSetsNoHeaderOfTheSignature() {
        for (String header : List.of("webhook-id", "Webhook-Timestamp", "WEBHOOK-SIGNATURE")) {
            WebhookBuilder builder = Webhook.named("w")
                    .uriTemplate("https://ci.example.com/")
                    .headers(List.of(new Webhook.Header(header, "x")));
            builder.build();

            assertThatThrownBy(() -> builder.credentials(new CallCredentials("signing", null, null))
                            .build())
                    .hasMessage("headers: " + header + " is set by signWith; leave out the header or signWith");
        }
    }

    private static List<Long> seconds(RetryRules rules, int attempts) {
        return IntStream.rangeClosed(1, attempts)
                .mapToObj(failed -> rules.delayAfter(failed, 0).toSeconds())
                .toList();
    }

    @Test
    void aDelayIsTwiceAsLongEachTimeUpToTheLongest() {
        assertThat(seconds(RetryRules.ofCount(8), 8)).containsExactly(1L, 2L, 4L, 8L, 16L, 32L, 60L, 60L);
        assertThat(seconds(RetryRules.of(5, List.of("503"), 7, 20), 5)).containsExactly(7L, 14L, 20L, 20L, 20L);
        assertThat(RetryRules.of(2_000_000, List.of(), 86_400, 86_400).delayAfter(1_000_000, 0))
                .as("the longest rules do not overflow")
                .isEqualTo(Duration.ofDays(1));
    }

    @Test
    void chanceTakesOffUpToAHalf() {
        Seeds.each(500, draw -> {
            int failed = draw.between(1, draw.any(10, 1_000_000));
            double chance = draw.oneIn(10) ? draw.any(0.0, Math.nextDown(1.0)) : draw.nextDouble();
            RetryRules rules = RetryRules.ofCount(Integer.MAX_VALUE);
            Duration whole = rules.delayAfter(failed, 0);

            assertThat(rules.delayAfter(failed, chance)).isBetween(whole.dividedBy(2), whole);
            assertThat(whole).isBetween(Duration.ofSeconds(1), Duration.ofMinutes(1));
        });
    }
}
