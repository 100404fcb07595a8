package io.jenkins.plugins.armory.callback;

import static org.assertj.core.api.Assertions.assertThat;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import io.jenkins.plugins.armory.Draw;
import io.jenkins.plugins.armory.Seeds;
import java.io.InputStream;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

class BearerTokenTest {

    /** The grammar of the class under test, as an expression. */
    private static final Pattern BEARER = Pattern.compile("(?i:bearer) +([\\x21-\\x7e]{1,8192})");

    private static final Pattern BARE = Pattern.compile("[\\x21-\\x7e]{1,8192}");

    private static String header(Draw draw) {
        String scheme = draw.any(
                "Bearer ", "bearer ", "BEARER  ", "Bearer", "Bearer\t", "Basic ", " Bearer ", "", "Be\u0430rer ");
        String token =
                switch (draw.nextInt(3)) {
                    case 0 -> draw.text(0, 20, '!', '~');
                    case 1 ->
                        String.join(
                                "",
                                draw.list(0, 6, () -> draw.any(" ", "!", "~", "\u007f", "\u0080", "\t", "\n", "a")));
                    default -> "x".repeat(draw.between(8185, 8195));
                };
        return scheme + token;
    }

    @Test
    void findsWhatTheGrammarSays() {
        Seeds.each(1000, draw -> checkFinds(header(draw)));
    }

    private static void checkFinds(String header) {
        Matcher bearer = BEARER.matcher(header.strip());
        String expected = bearer.matches() ? bearer.group(1) : null;
        assertThat(token(List.of(header), List.of())).isEqualTo(expected);

        boolean bare = BARE.matcher(header.strip()).matches();
        assertThat(token(List.of(), List.of(header))).isEqualTo(expected == null && bare ? header.strip() : expected);
    }

    @CheckForNull
    private static String token(List<String> authorization, List<String> alternative) {
        try {
            return BearerToken.of(Requests.callback(
                    "POST", "a1", authorization, alternative, new RequestBody(null, 0, InputStream::nullInputStream)));
        } catch (CallerIdentification.FailedException x) {
            return null;
        }
    }
}
