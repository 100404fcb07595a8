package io.jenkins.plugins.armory.acceptance;

/** The settings of the controllers under test: two credentials that may call back, one of them the default. */
final class Settings {

    /** The secret of the credential that the settings name, for steps that name none. */
    static final String DEFAULT_SECRET = "default-secret-of-the-settings";

    /** Id of the other credential. */
    static final String TEAM = "team";

    static final String TEAM_SECRET = "secret-of-one-team";

    /** A secret that would break out of a JSON string, a URI, a form and XML; a header can hold it. */
    static final String HOSTILE_SECRET = "s3\",\"x\":'\\ &a=b#/?%<{{secrets.team}}>";

    static final String CASC =
            """
            credentials:
              system:
                domainCredentials:
                  - credentials:
                      - string: {id: default, scope: GLOBAL, secret: "%1$s", description: "for all steps"}
                      - string: {id: %2$s, scope: GLOBAL, secret: "%3$s", description: "for the steps of one team"}
                      - string: {id: hostile, scope: GLOBAL, secret: %4$s, description: "for headers, bodies and addresses"}
            unclassified:
              armory:
                callbackCredentialsId: default
                allowedHosts: ["127.0.0.1", "host.invalid"]
                webhooks:
                  - name: deploy-checks
                    method: PUT
                    uriTemplate: "{{context.uri}}/{{context.suite}}"
                    headers:
                      - {key: Authorization, value: "Bearer {{secrets.%2$s}}"}
                    bodyTemplate:
                      inline: '{"callbackUri": "{{armory.callbackUri}}", "callbackToken": "{{armory.callbackToken}}"}'
                    retryCount: 2
                    context:
                      - {key: suite, value: smoke}
            """
                    .formatted(DEFAULT_SECRET, TEAM, TEAM_SECRET, quoted(HOSTILE_SECRET));

    private Settings() {}

    /** As a string in double quotes, which YAML has the same escapes for as JSON. */
    private static String quoted(String text) {
        return '"' + text.replace("\\", "\\\\").replace("\"", "\\\"") + '"';
    }
}
