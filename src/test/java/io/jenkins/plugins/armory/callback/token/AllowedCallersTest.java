package io.jenkins.plugins.armory.callback.token;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;

import io.jenkins.plugins.armory.approval.BuildRef;
import io.jenkins.plugins.armory.approval.TestApproval;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class AllowedCallersTest {

    private static final String ISSUER = "https://issuer.example.com";

    private static AllowedCallers callers(String... entries) {
        return AllowedCallers.of(TestApproval.of("id", new BuildRef("job", 1))
                .environment("prod")
                .webhook("tests")
                .callers(null, List.of(entries))
                .timeout(Instant.EPOCH, Duration.ofHours(1))
                .start());
    }

    @ParameterizedTest
    @CsvSource({
        "repo:octo/*,        repo:octo/x,          true",
        "repo:octo/*,        repo:octo/,           true",
        "repo:octo/*,        repo:other/x,         false",
        "*:main,             repo:octo/x:main,     true",
        "*:main,             repo:octo/x:mainline, false",
        "a*b*c,              axxbxxbxxc,           true",
        "a*b*c,              axxc,                 false",
        "a*a,                a,                    false",
        "*,                  whatever,             true",
        "repo.octo,          repo:octo,            false",
        "repo?octo,          repo:octo,            false",
    })
    void starStandsForAnyTextOfASubject(String pattern, String subject, boolean included) {
        assertThat(callers(ISSUER + ' ' + pattern).includeSubject(ISSUER, subject))
                .isEqualTo(included);
    }

    @Test
    void subjectMayHaveLineBreaks() {
        assertThat(callers(ISSUER + " a*b").includeSubject(ISSUER, "a\n\nb")).isTrue();
    }

    @Test
    void issuerAloneIncludesAllItsSubjects() {
        assertThat(callers(ISSUER).includeSubject(ISSUER, "anybody")).isTrue();
        assertThat(callers(ISSUER).includeSubject("https://other.example.com", "anybody"))
                .isFalse();
    }

    /** Takes hours with a backtracking matcher, whose time is exponential in the number of stars. */
    @Test
    void manyStarsTakeNoLongerThanOne() {
        AllowedCallers callers = callers(ISSUER + " *a*a*a*a*a*a*b");

        assertTimeoutPreemptively(
                Duration.ofSeconds(10),
                () -> assertThat(callers.includeSubject(ISSUER, "a".repeat(60_000)))
                        .isFalse());
    }
}
