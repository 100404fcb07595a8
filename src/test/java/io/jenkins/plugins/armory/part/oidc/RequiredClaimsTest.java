package io.jenkins.plugins.armory.part.oidc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import com.nimbusds.jwt.JWTClaimsSet;
import io.jenkins.plugins.armory.Seeds;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class RequiredClaimsTest {

    private static final String PRINCIPAL = "https://cloud.armory.io/principal";

    private static final JWTClaimsSet CLAIMS = new JWTClaimsSet.Builder()
            .claim("repository", "octo-org/octo-repo")
            .claim("ref", "refs/heads/main")
            .claim("ref_protected", true)
            .claim("run", 17L)
            .claim("groups", List.of("ops", "dev", List.of("nested")))
            .claim(PRINCIPAL, Map.of("envId", "e1", "roles", List.of("deployer")))
            .claim("repository#owner", "octo-org")
            .claim(PRINCIPAL + "#envId", "e2")
            .build();

    @ParameterizedTest
    @CsvSource({
        "repository=octo-org/octo-repo, true",
        "repository=octo-org/octo, false",
        "repository=OCTO-ORG/octo-repo, false",
        "ref_protected=true, true",
        "ref_protected=false, false",
        "run=17, true",
        "run=18, false",
        "groups=ops, true",
        "groups=admin, false",
        "groups=nested, false",
        "missing=, ",
        "missing=x, false",
        "https://cloud.armory.io/principal#envId=e1, true",
        "https://cloud.armory.io/principal#envId=e2, false",
        "https://cloud.armory.io/principal#roles=deployer, true",
        "https://cloud.armory.io/principal#none=null, false",
        "https://cloud.armory.io/principal={}, false",
        "repository#x=y, false",
        "repository#owner=octo-org, false",
    })
    void asksForAValue(String entry, Boolean held) {
        if (held == null) {
            assertThatIllegalArgumentException().isThrownBy(() -> RequiredClaims.parse(List.of(entry)));
        } else {
            assertThat(RequiredClaims.parse(List.of(entry)).missingFrom(CLAIMS).isEmpty())
                    .isEqualTo(held);
        }
    }

    @Test
    void asksForAllClaimsButForOneOfTheirValues() {
        RequiredClaims claims = RequiredClaims.parse(
                List.of("ref=refs/heads/main", "ref=refs/heads/release", "repository=octo-org/octo-repo"));
        JWTClaimsSet.Builder other = new JWTClaimsSet.Builder(CLAIMS);

        assertThat(claims.missingFrom(CLAIMS)).isEmpty();
        assertThat(claims.missingFrom(other.claim("ref", "refs/heads/release").build()))
                .isEmpty();
        assertThat(claims.missingFrom(other.claim("ref", "refs/heads/topic").build()))
                .contains("claim ref is not refs/heads/main or refs/heads/release");
        assertThat(claims.missingFrom(new JWTClaimsSet.Builder(CLAIMS)
                        .claim("repository", null)
                        .build()))
                .contains("claim repository is not octo-org/octo-repo");
    }

    @Test
    void keepsAnEqualsSignInAValue() {
        JWTClaimsSet claims =
                new JWTClaimsSet.Builder().claim("dn", "cn=a,dc=b").build();

        assertThat(RequiredClaims.parse(List.of(" dn = cn=a,dc=b ")).missingFrom(claims))
                .isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "claim", "=value", "claim=", " = ", "claim: value"})
    void refusesWhatIsNoClaimAndSaysHowToWriteIt(String entry) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> RequiredClaims.parse(List.of("a=b", entry)))
                .withMessageContaining("\"" + entry + "\" is not a required claim: write claim=value");
    }

    @Test
    void takesOrRefusesWhateverComes() {
        Seeds.each(1000, draw -> {
            List<String> entries = draw.list(0, 8, () -> draw.text() + draw.any("", "=", "=" + draw.text()));
            try {
                RequiredClaims claims = RequiredClaims.parse(entries);
                assertThat(claims.isEmpty()).isEqualTo(entries.isEmpty());
                assertThat(claims.missingFrom(new JWTClaimsSet.Builder().build())
                                .isEmpty())
                        .isEqualTo(entries.isEmpty());
            } catch (IllegalArgumentException x) {
                assertThat(x).hasMessageContaining("is not a required claim");
            }
        });
    }
}
