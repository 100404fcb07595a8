package io.jenkins.plugins.armory.callback.token;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.junit.jupiter.api.Test;

public class CallbackTokensTest {

    /** Returns tokens as Jenkins has them, with another key. */
    public static CallbackTokens withKey(String key) {
        return new CallbackTokens(message -> {
            try {
                Mac mac = Mac.getInstance("HmacSHA256");
                mac.init(new SecretKeySpec(key.getBytes(StandardCharsets.UTF_8), "HmacSHA256"));
                return mac.doFinal(message);
            } catch (GeneralSecurityException x) {
                throw new AssertionError(x);
            }
        });
    }

    private final CallbackTokens tokens = withKey("one");

    @Test
    void knowsItsOwnIds() {
        String id = tokens.newId();

        assertThat(id).matches("[0-9a-f]{48}");
        assertThat(tokens.isIssued(id)).isTrue();
        assertThat(withKey("one").isIssued(id)).isTrue(); // after a restart
        assertThat(withKey("another").isIssued(id)).isFalse();
        assertThat(tokens.isIssued(id.toUpperCase())).isFalse();
        assertThat(tokens.isIssued("0" + id.substring(1))).isEqualTo(id.startsWith("0"));
        assertThat(tokens.isIssued("")).isFalse();
    }

    @Test
    void neverMakesAnIdTwice() {
        Set<String> ids = new HashSet<>();
        for (int i = 0; i < 1000; i++) {
            ids.add(tokens.newId());
        }
        assertThat(ids).hasSize(1000);
    }

    @Test
    void manyIdsFollowFromOne() {
        String seed = tokens.newId();
        List<String> ids =
                IntStream.range(0, 10_000).mapToObj(i -> tokens.idOf(seed, i)).toList();

        assertThat(ids).startsWith(seed).doesNotHaveDuplicates().allMatch(tokens::isIssued);
        assertThat(tokens.idOf(seed, 9_999)).isEqualTo(ids.get(9_999));
        assertThat(tokens.idOf(tokens.newId(), 1)).isNotEqualTo(ids.get(1));
        assertThat(tokens.approvalOf(tokens.tokenFor(ids.get(1)))).contains(ids.get(1));
    }

    @Test
    void aTokenIsGoodForItsApprovalAlone() {
        String id = tokens.newId();
        String token = tokens.tokenFor(id);

        assertThat(tokens.approvalOf(token)).contains(id);
        assertThat(withKey("one").tokenFor(id)).isEqualTo(token);
        assertThat(withKey("another").approvalOf(token)).isEmpty();
        assertThat(tokens.approvalOf(tokens.newId() + token.substring(id.length())))
                .isEmpty();
    }

    @Test
    void aChangedTokenIsNone() {
        String token = tokens.tokenFor(tokens.newId());
        for (int i = 0; i < token.length(); i++) {
            char other = token.charAt(i) == 'a' ? 'b' : 'a';
            assertThat(tokens.approvalOf(token.substring(0, i) + other + token.substring(i + 1)))
                    .as("changed at %d", i)
                    .isEmpty();
            assertThat(tokens.approvalOf(token.substring(0, i))).isEmpty();
        }
        assertThat(tokens.approvalOf(token + "A")).isEmpty();
    }
}
