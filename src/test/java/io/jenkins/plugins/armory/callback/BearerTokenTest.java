package io.jenkins.plugins.armory.callback;

import static org.assertj.core.api.Assertions.assertThat;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import java.io.InputStream;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

class BearerTokenTest {

    /** The grammar of the class under test, as an expression. */
    private static final Pattern BEARER = Pattern.compile("(?i:bearer) +([\\x21-\\x7e]{1,8192})");

    private static final Pattern BARE = Pattern.compile("[\\x21-\\x7e]{1,8192}");

    @Provide
    Arbitrary<String> headers() {
        Arbitrary<String> scheme = Arbitraries.of(
                "Bearer ", "bearer ", "BEARER  ", "Bearer", "Bearer\t", "Basic ", " Bearer ", "", "Be\u0430rer ");
        Arbitrary<String> token = Arbitraries.oneOf(
                Arbitraries.strings().withCharRange('!', '~').ofMaxLength(20),
                Arbitraries.strings().withChars(" !~\u007f\u0080\t\na").ofMaxLength(6),
                Arbitraries.integers().between(8185, 8195).map("x"::repeat));
        return Combinators.combine(scheme, token).as(String::concat);
    }

    @Property
    void findsWhatTheGrammarSays(@ForAll("headers") String header) {
        Matcher bearer = BEARER.matcher(header.strip());
        String expected = bearer.matches() ? bearer.group(1) : null;
        assertThat(token(List.of(header), List.of())).isEqualTo(expected);

        boolean bare = BARE.matcher(header.strip()).matches();
        assertThat(token(List.of(), List.of(header))).isEqualTo(expected == null && bare ? header.strip() : expected);
    }

    @CheckForNull
    private static String token(List<String> authorization, List<String> alternative) {
        try {
            return BearerToken.of(new CallbackRequest(
                    "POST",
                    "a1",
                    authorization,
                    alternative,
                    "192.0.2.1",
                    new RequestBody(null, 0, InputStream.nullInputStream())));
        } catch (BearerToken.Missing x) {
            return null;
        }
    }
}
