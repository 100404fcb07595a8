package io.jenkins.plugins.armory.acceptance;

/** The settings of the controllers under test: two credentials that may call back, one of them the default. */
final class Settings {

    /** The secret of the credential that the settings name, for steps that name none. */
    static final String DEFAULT_SECRET = "default-secret-of-the-settings";

    /** Id of the other credential. */
    static final String TEAM = "team";

    static final String TEAM_SECRET = "secret-of-one-team";

    static final String CASC =
            """
            credentials:
              system:
                domainCredentials:
                  - credentials:
                      - string: {id: default, scope: GLOBAL, secret: "%s", description: "for all steps"}
                      - string: {id: %s, scope: GLOBAL, secret: "%s", description: "for the steps of one team"}
            unclassified:
              armory:
                callbackCredentialsId: default
            """
                    .formatted(DEFAULT_SECRET, TEAM, TEAM_SECRET);

    private Settings() {}
}
