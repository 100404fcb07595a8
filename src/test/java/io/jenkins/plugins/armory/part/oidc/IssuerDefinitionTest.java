package io.jenkins.plugins.armory.part.oidc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.NullSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Tests of the checks of an issuer in the settings. */
class IssuerDefinitionTest {

    private static final String ISSUER = "https://issuer.example.com";
    private static final String AUDIENCE = "https://jenkins.example.com/";
    private static final List<String> CLAIMS = List.of("repository=octo-org/octo-repo");

    @ParameterizedTest
    @NullSource
    @ValueSource(strings = {"", " "})
    void blankIssuerIsNobody(String issuer) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new IssuerDefinition(issuer, AUDIENCE, CLAIMS, "**"))
                .withMessageStartingWith("issuer: is missing; ");
    }

    @ParameterizedTest
    @NullSource
    @ValueSource(strings = {"", " "})
    void blankAudienceIsNone(String audience) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new IssuerDefinition(ISSUER, audience, CLAIMS, "**"))
                .withMessageStartingWith("audience: is missing; ");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"https://auth.cloud.armory.io/", "https://auth.cloud.armory.io", "https://AUTH.cloud.armory.io/"
            })
    void armoryCloudNeedsAClaim(String issuer) {
        for (List<String> claims : Arrays.asList(null, List.<String>of())) {
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> new IssuerDefinition(issuer, AUDIENCE, claims, "**"))
                    .withMessageStartingWith(
                            "requiredClaims: is empty, and Armory Cloud gives tokens to all its customers; ");
        }
        assertThat(new IssuerDefinition(issuer, AUDIENCE, List.of("https://cloud.armory.io/principal#envId=e1"), "**")
                        .getRequiredClaims())
                .hasSize(1);
    }

    @Test
    void aBlankClaimIsNotLeftOut() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new IssuerDefinition(ISSUER, AUDIENCE, List.of("a=b", " "), "**").checkClaims())
                .withMessageStartingWith("requiredClaims[1]: is blank");
    }

    @Test
    void claimsOfAFormAreLines() {
        IssuerDefinition issuer =
                new IssuerDefinition(' ' + ISSUER + ' ', AUDIENCE, List.of("a=b\r\n\n c=d "), "team/**");

        assertThat(issuer.getIssuer()).isEqualTo(ISSUER);
        assertThat(issuer.getRequiredClaims()).containsExactly("a=b", "c=d");
        assertThat(new IssuerDefinition.DescriptorImpl().lines(issuer.getRequiredClaims()))
                .isEqualTo("a=b\nc=d");
        assertThat(issuer.toIssuer().jobs().match("team/a")).isTrue();
    }

    @Test
    void othersMayDoWithoutAClaim() {
        assertThat(new IssuerDefinition(ISSUER, AUDIENCE, null, "**").getRequiredClaims())
                .isEmpty();
    }

    @Test
    void wrongAddressAndWrongClaimAreNamed() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new IssuerDefinition("http://issuer.example.com", AUDIENCE, CLAIMS, "**"))
                .withMessageContaining("\"http://issuer.example.com\" is not an https address");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new IssuerDefinition(ISSUER, AUDIENCE, List.of("repository"), "**"))
                .withMessageStartingWith("requiredClaims: \"repository\" is not a required claim");
    }
}
