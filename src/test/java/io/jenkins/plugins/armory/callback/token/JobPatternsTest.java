package io.jenkins.plugins.armory.callback.token;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;

import io.jenkins.plugins.armory.Draw;
import io.jenkins.plugins.armory.Seeds;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class JobPatternsTest {

    @ParameterizedTest
    @CsvSource({
        "**,               deploy,            true",
        "**,               team/sub/deploy,   true",
        "*,                deploy,            true",
        "*,                team/deploy,       false",
        "team/deploy,      team/deploy,       true",
        "team/deploy,      team/deploy2,      false",
        "team/deploy,      a/team/deploy,     false",
        "team/*,           team/deploy,       true",
        "team/*,           team/sub/deploy,   false",
        "team/**,          team/sub/deploy,   true",
        "team/**,          team,              false",
        "team/**,          teammate/deploy,   false",
        "team/,            team/sub/deploy,   true",
        "**/deploy,        deploy,            true",
        "**/deploy,        a/b/deploy,        true",
        "**/deploy,        a/redeploy,        false",
        "team/**/prod,     team/prod,         true",
        "team/**/prod,     team/a/b/prod,     true",
        "team/dep?oy,      team/deploy,       true",
        "team/dep?oy,      team/dep/oy,       false",
        "team/d*y,         team/deploy,       true",
        "team.x,           teamyx,            false",
        "T,                t,                 false",
    })
    void matchesFullNames(String pattern, String job, boolean matches) {
        assertThat(JobPatterns.parse(pattern).match(job)).isEqualTo(matches);
    }

    @Test
    void mayBeSeveral() {
        JobPatterns patterns = JobPatterns.parse(" a/*, b\nc/** ,, ");

        assertThat(patterns.patterns()).containsExactly("a/*", "b", "c/**");
        assertThat(List.of("a/x", "b", "c/x/y")).allMatch(patterns::match);
        assertThat(patterns.match("d")).isFalse();
    }

    @Test
    void mayBeThoseOfTwo() {
        JobPatterns both = JobPatterns.parse("team/**, other").and(JobPatterns.parse("other, prod"));

        assertThat(both.patterns()).containsExactly("team/**", "other", "prod");
        assertThat(both.match("team/deploy")).isTrue();
        assertThat(both.match("prod")).isTrue();
    }

    @ParameterizedTest
    @ValueSource(strings = {"", " ", ",", "\n,\n"})
    void noPatternIsNoJob(String text) {
        assertThat(JobPatterns.parse(text).match("job")).isFalse();
        assertThat(JobPatterns.parse(text).match("")).isFalse();
    }

    @ParameterizedTest
    @ValueSource(strings = {"/", "/team", "a//b", "team**", "a/b**/c", "***", "//"})
    void refusesWhatIsNoPatternAndSaysHowToWriteIt(String pattern) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> JobPatterns.parse("fine, " + pattern))
                .withMessageContaining('"' + pattern + '"')
                .withMessageContaining("folder/**");
    }

    /** Takes hours with a backtracking matcher, whose time is exponential in the number of stars. */
    @ParameterizedTest
    @CsvSource({
        "*a*a*a*a*a*a*b, a, 60000",
        "team/*a*a*a*a*a*a*b, team/a, 60000",
        "**/a/**/a/**/a/**/a/**/a/**/a/**/b, a/, 2000"
    })
    void manyStarsTakeNoLongerThanOne(String pattern, String job, int times) {
        String name = job.endsWith("/") ? job.repeat(times) + 'a' : job + "a".repeat(times);

        assertTimeoutPreemptively(
                Duration.ofSeconds(10),
                () -> assertThat(JobPatterns.parse(pattern).match(name)).isFalse());
    }

    private static String name(Draw draw) {
        return String.join("/", draw.list(1, 4, () -> draw.any("a", "b", "ab", "[x]", "a.b", "(", "\\E", "ü")));
    }

    private static String pattern(Draw draw) {
        return String.join(
                "/", draw.list(1, 4, () -> draw.any("a", "b", "*", "?", "**", "a*", "[x]", "*b", "\\E", "(")));
    }

    /** Matches by recursion over the names, without a regular expression. */
    private static boolean matches(List<String> pattern, List<String> job) {
        if (pattern.isEmpty()) {
            return job.isEmpty();
        }
        List<String> rest = pattern.subList(1, pattern.size());
        if (pattern.get(0).equals("**")) {
            return rest.isEmpty()
                    ? !job.isEmpty()
                    : matches(rest, job) || !job.isEmpty() && matches(pattern, job.subList(1, job.size()));
        }
        return !job.isEmpty() && matches(pattern.get(0), job.get(0)) && matches(rest, job.subList(1, job.size()));
    }

    private static boolean matches(String pattern, String name) {
        if (pattern.isEmpty()) {
            return name.isEmpty();
        }
        return switch (pattern.charAt(0)) {
            case '*' -> matches(pattern.substring(1), name) || !name.isEmpty() && matches(pattern, name.substring(1));
            case '?' -> !name.isEmpty() && matches(pattern.substring(1), name.substring(1));
            default ->
                !name.isEmpty()
                        && name.charAt(0) == pattern.charAt(0)
                        && matches(pattern.substring(1), name.substring(1));
        };
    }

    @Test
    void matchesAsItsDefinitionSays() {
        Seeds.each(1000, draw -> {
            String pattern = pattern(draw);
            String job = name(draw);

            assertThat(JobPatterns.parse(pattern).match(job))
                    .as("%s, %s", pattern, job)
                    .isEqualTo(matches(Arrays.asList(pattern.split("/")), Arrays.asList(job.split("/"))));
        });
    }

    @Test
    void takesOrRefusesWhateverComes() {
        Seeds.each(1000, draw -> {
            try {
                JobPatterns patterns = JobPatterns.parse(draw.text());
                patterns.match(draw.text());
                assertThat(patterns.patterns()).allMatch(each -> !each.isBlank());
            } catch (IllegalArgumentException x) {
                assertThat(x).hasMessageContaining("is not a pattern of jobs");
            }
        });
    }
}
