package io.jenkins.plugins.armory.part.oidc;

import static io.jenkins.plugins.armory.config.SavedDefinitionsTest.read;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

/** Issuers in a configuration that people or scripts wrote. */
class SavedIssuerTest {

    /** One that fails later would fail for all callers. */
    @Test
    void hasDefaults() {
        IssuerDefinition issuer =
                read(IssuerDefinition.class, "<issuer>https://issuer.example.com</issuer><audience>jenkins</audience>");

        assertThat(issuer.toIssuer().jobs().match("deploy")).isFalse();
        assertThat(issuer.getRequiredClaims()).isEmpty();
    }

    @Test
    void whatTheFormRefusesIsNotReadEither() {
        assertThatThrownBy(() -> read(
                        IssuerDefinition.class,
                        "<issuer>http://issuer.example.com</issuer><audience>jenkins</audience>"
                                + "<requiredClaims/><jobs>**</jobs>"))
                .hasStackTraceContaining("is not an https address");
    }
}
