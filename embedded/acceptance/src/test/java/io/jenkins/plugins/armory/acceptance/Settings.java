package io.jenkins.plugins.armory.acceptance;

import io.jenkins.plugins.armory.acceptance.driver.OidcIssuer;
import io.jenkins.plugins.armory.acceptance.driver.RealJenkins;

/**
 * The settings of the controllers under test: two Secret texts that may call back, one of them the default, and two clients
 * of the token endpoint.
 */
final class Settings {

    /** The secret of the credential that the settings name, for steps that name none. */
    static final String DEFAULT_SECRET = "default-secret-of-the-settings";

    /** Id of the other credential. */
    static final String TEAM = "team";

    static final String TEAM_SECRET = "secret-of-one-team";

    /** A client of the token endpoint that may decide for the jobs that the tests create. */
    static final String CLIENT_ID = "client-1";

    static final String CLIENT_SECRET = "secret+of client/1";

    /** A client that may decide for none of them. */
    static final String OTHER_CLIENT_ID = "client-of-others";

    static final String CASC =
            """
            credentials:
              system:
                domainCredentials:
                  - credentials:
                      - string: {id: default, scope: GLOBAL, secret: "%s", description: "for all steps"}
                      - string: {id: %s, scope: GLOBAL, secret: "%s", description: "for the steps of one team"}
                      - string: {id: checks-jenkins, scope: GLOBAL, secret: "%s", description: "of an example"}
                      - usernamePassword: {id: client, scope: GLOBAL, username: "%s", password: "%s"}
                      - usernamePassword: {id: other-client, scope: GLOBAL, username: "%s", password: "%s"}
            unclassified:
              armory:
                callbackCredentialsId: default
                callbackClients:
                  - {credentialsId: client, jobs: "job-*, example*"}
                  - {credentialsId: other-client, jobs: "team/**"}
            """
                    .formatted(
                            DEFAULT_SECRET,
                            TEAM,
                            TEAM_SECRET,
                            RealJenkins.apiAuthorization(),
                            CLIENT_ID,
                            CLIENT_SECRET,
                            OTHER_CLIENT_ID,
                            CLIENT_SECRET);

    private Settings() {}

    /** The same, with outside issuers. */
    static String withIssuers(OidcIssuer... issuers) {
        StringBuilder casc = new StringBuilder(CASC).append("    issuers:\n");
        for (OidcIssuer issuer : issuers) {
            casc.append("      - {issuer: \"" + issuer.url() + "\", audience: \"" + OidcIssuer.AUDIENCE
                    + "\", requiredClaims: [\"repository=octo-org/octo-repo\"], jobs: \"job-*\"}\n");
        }
        return casc.toString();
    }
}
