package io.jenkins.plugins.armory.part.signature;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import io.jenkins.plugins.armory.approval.MutableClock;
import io.jenkins.plugins.armory.callback.token.Caller;
import io.jenkins.plugins.armory.callback.token.CallerSecrets;
import io.jenkins.plugins.armory.callback.token.CallerSecrets.CallerSecret;
import io.jenkins.plugins.armory.callback.token.Verification;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

class SignatureVerifierTest {

    // The vector that the libraries of Standard Webhooks 1.0.0 share.
    private static final String SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
    private static final String ID = "msg_p5jXN8AQM9LWM0D4loKWxJek";
    private static final Instant AT = Instant.ofEpochSecond(1_614_265_330);
    private static final String TIMESTAMP = "1614265330";
    private static final String BODY = "{\"test\": 2432232314}";
    private static final String SIGNATURE = "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=";
    private static final String OTHER = "v1,Ceo5qEr07ixe2NLpvHk3FH9bwy/WavXrAFQ/9tdO6mc=";
    private static final String OTHER_SECRET = "whsec_" + "A".repeat(32);

    private final MutableClock clock = new MutableClock(AT);

    private static Map<String, List<String>> standard(String id, String timestamp, String signature) {
        return headers(list(id), list(timestamp), list(signature));
    }

    private static Map<String, List<String>> headers(List<String> id, List<String> timestamp, List<String> signature) {
        return Map.of(
                StandardWebhooks.ID, id, StandardWebhooks.TIMESTAMP, timestamp, StandardWebhooks.SIGNATURE, signature);
    }

    private static List<String> list(String value) {
        return value == null ? List.of() : List.of(value);
    }

    private static CallerSecret secret(String name, String text) {
        return new CallerSecret(text, Caller.of(name, approval -> true));
    }

    private Verification verify(Map<String, List<String>> headers, String body, String... secrets) {
        var all = new ArrayList<CallerSecret>();
        for (String text : secrets) {
            all.add(secret("credentials " + all.size(), text));
        }
        return new SignatureVerifier(approval -> all, clock)
                .verify(headers::get, body.getBytes(StandardCharsets.UTF_8), Optional.empty());
    }

    private static String reason(Verification verification) {
        return verification instanceof Verification.Invalid invalid ? invalid.reason() : "valid";
    }

    static Stream<Arguments> accepted() {
        return Stream.of(
                arguments("the published vector", standard(ID, TIMESTAMP, SIGNATURE), SECRET),
                arguments(
                        "one of several signatures", standard(ID, TIMESTAMP, OTHER + " v2,AAAA " + SIGNATURE), SECRET),
                arguments("beside an asymmetric one", standard(ID, TIMESTAMP, "v1a,AAAA " + SIGNATURE), SECRET),
                arguments("the new secret", standard(ID, TIMESTAMP, SIGNATURE), SECRET + " " + OTHER_SECRET),
                arguments("the old secret", standard(ID, TIMESTAMP, SIGNATURE), OTHER_SECRET + " " + SECRET),
                arguments("spaces around", standard(" " + ID, TIMESTAMP + " ", " " + SIGNATURE + " "), SECRET));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource
    void accepted(String name, Map<String, List<String>> headers, String secret) {
        assertThat(reason(verify(headers, BODY, secret))).isEqualTo("valid");
    }

    static Stream<Arguments> refused() {
        String mismatch = "the signature is of another secret, or of another body";
        String cut = "webhook-signature holds no signature v1,BASE64 of 32 bytes; it may have been cut short";
        return Stream.of(
                arguments("other signature", standard(ID, TIMESTAMP, OTHER), BODY, SECRET, mismatch),
                arguments("other secret", standard(ID, TIMESTAMP, SIGNATURE), BODY, OTHER_SECRET, mismatch),
                arguments("other id", standard("msg_1", TIMESTAMP, SIGNATURE), BODY, SECRET, mismatch),
                arguments("other time", standard(ID, "1614265331", SIGNATURE), BODY, SECRET, mismatch),
                arguments(
                        "the same time in other digits",
                        standard(ID, "01614265330", SIGNATURE),
                        BODY,
                        SECRET,
                        mismatch),
                arguments("other body", standard(ID, TIMESTAMP, SIGNATURE), BODY + " ", SECRET, mismatch),
                arguments("body cut short", standard(ID, TIMESTAMP, SIGNATURE), "{\"test\": 24", SECRET, mismatch),
                arguments("no body", standard(ID, TIMESTAMP, SIGNATURE), "", SECRET, mismatch),
                arguments("signature cut short", standard(ID, TIMESTAMP, SIGNATURE.substring(0, 8)), BODY, SECRET, cut),
                arguments("no signature", standard(ID, TIMESTAMP, "v1,"), BODY, SECRET, cut),
                arguments("without a version", standard(ID, TIMESTAMP, SIGNATURE.substring(3)), BODY, SECRET, cut),
                arguments("other version", standard(ID, TIMESTAMP, SIGNATURE.replace("v1", "v2")), BODY, SECRET, cut),
                arguments("not base64", standard(ID, TIMESTAMP, "v1,dawfeoifkpqwoekfpqoekf*"), BODY, SECRET, cut),
                arguments(
                        "seventeen signatures",
                        standard(ID, TIMESTAMP, (OTHER + " ").repeat(16) + SIGNATURE),
                        BODY,
                        SECRET,
                        cut),
                arguments("no id", standard(null, TIMESTAMP, SIGNATURE), BODY, SECRET, "no webhook-id header"),
                arguments("empty id", standard("", TIMESTAMP, SIGNATURE), BODY, SECRET, "webhook-id is empty"),
                arguments(
                        "long id",
                        standard("m".repeat(257), TIMESTAMP, SIGNATURE),
                        BODY,
                        SECRET,
                        "webhook-id is empty, too long"),
                arguments("no time", standard(ID, null, SIGNATURE), BODY, SECRET, "no webhook-timestamp header"),
                arguments(
                        "no number",
                        standard(ID, "hello", SIGNATURE),
                        BODY,
                        SECRET,
                        "webhook-timestamp is not a number"),
                arguments("negative", standard(ID, "-1", SIGNATURE), BODY, SECRET, "webhook-timestamp is not a number"),
                arguments(
                        "two signature headers",
                        headers(List.of(ID), List.of(TIMESTAMP), List.of(SIGNATURE, OTHER)),
                        BODY,
                        SECRET,
                        "2 webhook-signature headers"),
                arguments(
                        "no secret of Standard Webhooks",
                        standard(ID, TIMESTAMP, SIGNATURE),
                        BODY,
                        SECRET.substring(6),
                        "the Secret text of credentials 0 does not begin with whsec_"));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource
    void refused(String name, Map<String, List<String>> headers, String body, String secret, String reason) {
        assertThat(reason(verify(headers, body, secret))).startsWith(reason);
    }

    @Test
    void refusesWhereNoSecretMaySign() {
        assertThat(reason(verify(standard(ID, TIMESTAMP, SIGNATURE), BODY)))
                .startsWith("no Secret text may sign for this approval");
    }

    @ParameterizedTest
    @CsvSource({
        "-301, signed 301 s in the future",
        "-300, valid",
        "0, valid",
        "300, valid",
        "301, signed 301 s ago",
        "100000000, signed 100000000 s ago"
    })
    void toleratesFiveMinutes(long age, String expected) {
        clock.set(AT.plus(Duration.ofSeconds(age)));

        assertThat(reason(verify(standard(ID, TIMESTAMP, SIGNATURE), BODY, SECRET)))
                .startsWith(expected);
    }

    @Test
    void doesNotSayHowOldAMessageIsThatNobodySigned() {
        clock.set(AT.plus(Duration.ofHours(1)));

        assertThat(reason(verify(standard(ID, TIMESTAMP, OTHER), BODY, SECRET)))
                .startsWith("the signature is of another");
    }

    @Test
    void namesTheCallerWhoseSecretItIs() {
        Verification verification = verify(standard(ID, TIMESTAMP, SIGNATURE), BODY, "text", OTHER_SECRET, SECRET);

        assertThat(verification)
                .isInstanceOfSatisfying(
                        Verification.Genuine.class,
                        genuine -> assertThat(genuine.caller().name()).isEqualTo("credentials 2"));
    }

    /** A body that is no text is signed as it is. */
    @Test
    void verifiesBytes() {
        byte[] body = {(byte) 0xff, 0, (byte) 0xc3};
        Map<String, String> signed =
                StandardWebhooks.signing(SigningSecrets.of(SECRET)).headers(ID, AT, body);
        Function<String, List<String>> headers = name -> List.of(signed.get(name));
        var verifier = new SignatureVerifier(approval -> List.of(secret("c", SECRET)), clock);

        assertThat(reason(verifier.verify(headers, body, Optional.empty()))).isEqualTo("valid");
        assertThat(reason(verifier.verify(headers, Arrays.copyOf(body, 2), Optional.empty())))
                .isNotEqualTo("valid");
    }

    @Test
    void aSecretThatCannotBeLookedUpNowIsNotWrong() {
        var verifier = new SignatureVerifier(
                approval -> {
                    throw new IOException("the build is not there now");
                },
                clock);

        assertThat(verifier.verify(
                        standard(ID, TIMESTAMP, SIGNATURE)::get,
                        BODY.getBytes(StandardCharsets.UTF_8),
                        Optional.empty()))
                .isEqualTo(new Verification.Undecided("the build is not there now", CallerSecrets.NOT_NOW));
    }
}
