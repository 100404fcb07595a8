package io.jenkins.plugins.armory.acceptance;

import io.jenkins.plugins.armory.acceptance.campaign.RulesProcess;
import io.jenkins.plugins.armory.acceptance.driver.Jenkins;
import io.jenkins.plugins.armory.acceptance.driver.OidcIssuer;
import io.jenkins.plugins.armory.acceptance.driver.RealJenkins;
import io.jenkins.plugins.armory.acceptance.driver.Tokens;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/**
 * The settings of the controllers under test: two Secret texts that may call back, one of them the default, and two
 * clients of the token endpoint.
 */
public final class Settings {

    /** The secret of the credential that the settings name, for steps that name none. */
    public static final String DEFAULT_SECRET = "default-secret-of-the-settings";

    /** Id of the other credential. */
    public static final String TEAM = "team";

    public static final String TEAM_SECRET = "secret-of-one-team-alone";

    /** A client of the token endpoint that may decide for the jobs that the tests create. */
    public static final String CLIENT_ID = "client-1";

    public static final String CLIENT_SECRET = "secret+of client/1 alone";

    /** The secrets of a caller that signs, while they are rotated. */
    public static final String SIGNING_OLD = "whsec_b2xkIGtleSBvZiB0aGUgc2lnbmluZyBjYWxsZXI=";

    public static final String SIGNING_NEW = "whsec_bmV3IGtleSBvZiB0aGUgc2lnbmluZyBjYWxsZXI=";

    /** The argument of a step for which that caller may decide. */
    public static final String SIGNED = "callbackCredentialsId: 'signing'";

    /** The secrets that sign the calls of webhooks, while they are rotated. */
    public static final String CALLS_OLD = "whsec_b2xkIGtleSBvZiB0aGUgb3V0Z29pbmcgY2FsbHM=";

    public static final String CALLS_NEW = "whsec_bmV3IGtleSBvZiB0aGUgb3V0Z29pbmcgY2FsbHM=";

    /** A client that may decide for none of them. */
    public static final String OTHER_CLIENT_ID = "client-of-others";

    private static final String CORE = """
            credentials:
              system:
                domainCredentials:
                  - credentials:
                      - string: {id: default, scope: GLOBAL, secret: "%s", description: "for all steps"}
                      - string: {id: %s, scope: GLOBAL, secret: "%s", description: "for the steps of one team"}
                      - string: {id: signing, scope: GLOBAL, secret: "%s %s"}
                      - string: {id: calls, scope: GLOBAL, secret: "%s %s"}
                      - string: {id: checks-jenkins, scope: GLOBAL, secret: "%s", description: "of an example"}
                      - usernamePassword: {id: client, scope: GLOBAL, username: "%s", password: "%s"}
                      - usernamePassword: {id: other-client, scope: GLOBAL, username: "%s", password: "%s"}
            unclassified:
              armory:
                callbackCredentialsId: default
                allowedHosts: ["127.0.0.1", "host.invalid"]
                webhooks:
                  - name: deploy-checks
                    method: PUT
                    uriTemplate: "{{context.uri}}/{{context.suite}}"
                    headers:
                      - {key: Authorization, value: "Bearer {{secrets.team}}"}
                    bodyTemplate:
                      inline: '{"callbackUri": "{{armory.callbackUri}}", "callbackToken": "{{armory.callbackToken}}"}'
                    retryCount: 2
                    context:
                      - {key: suite, value: smoke}
                  - name: stoppable-checks
                    uriTemplate: "{{context.uri}}"
                    cancel: {webhook: stop-checks}
                  - name: stop-checks
                    uriTemplate: "{{context.stop}}/stop"
                  - name: chat
                    uriTemplate: "{{context.chat}}"
                    bodyTemplate:
                      inline: '{"event": "{{armory.event}}", "text": "{{armory.text}}", "url": "{{armory.approvalUrl}}", "outcome": "{{armory.outcome}}", "reason": "{{armory.reason}}", "deadline": "{{armory.deadline}}", "webhook": "{{armory.webhookName}}"}'
                    retryCount: 5
                  - name: fixed-chat
                    uriTemplate: "http://host.invalid/chat"
                  - name: team-chat
                    uriTemplate: "{{context.room}}"
                    context:
                      - {key: room, value: "http://host.invalid/team"}
                  - name: room-checks
                    uriTemplate: "{{context.uri}}"
                    disableCallback: true
                    context:
                      - {key: room, value: "http://127.0.0.1:9/"}
                  - name: gate
                    uriTemplate: "{{context.uri}}"
                    answer: {pointer: /state, equals: [passed], failure: [failed]}
                  - {name: signed-checks, uriTemplate: '{{context.uri}}', signWith: calls, retry: {count: 2, 'on': ['409'], delay: 1, maxDelay: 2}, connectTimeout: 5, requestTimeout: 7, cancel: {uriTemplate: '{{context.uri}}/stop', signWith: calls}}
            """.formatted(
                    DEFAULT_SECRET,
                    TEAM,
                    TEAM_SECRET,
                    SIGNING_NEW,
                    SIGNING_OLD,
                    CALLS_NEW,
                    CALLS_OLD,
                    RealJenkins.apiAuthorization(),
                    CLIENT_ID,
                    CLIENT_SECRET,
                    OTHER_CLIENT_ID,
                    CLIENT_SECRET);

    static final String CASC = CORE + ofParts();

    private Settings() {}

    /** The sections of the parts. */
    private static String ofParts() {
        try {
            var sections = new StringBuilder();
            for (Path section : ofParts(Path.of("src/test/resources"), "settings.yaml")) {
                sections.append(Files.readString(section).indent(2));
            }
            return sections.toString();
        } catch (IOException x) {
            throw new UncheckedIOException(x);
        }
    }

    /** Returns the files of that name that parts have below a folder; a part may not be there. */
    public static List<Path> ofParts(Path folder, String name) throws IOException {
        Path parts = folder.resolve("part");
        if (Files.notExists(parts)) {
            return List.of();
        }
        try (Stream<Path> all = Files.list(parts)) {
            return all.map(part -> part.resolve(name))
                    .filter(Files::exists)
                    .sorted()
                    .toList();
        }
    }

    /** A token of a client with {@link #CLIENT_SECRET}. */
    public static String token(Jenkins jenkins, String client) {
        return Tokens.of(jenkins, client, CLIENT_SECRET);
    }

    /** The same, with environments that the campaign of deaths deploys to. */
    static String with(RulesProcess rules) {
        return CASC.replace("    webhooks:\n", "    webhooks:\n" + rules.webhooks()) + rules.environments();
    }

    /** The same, with an outside issuer. */
    static String with(OidcIssuer issuer) {
        return CASC + "      - {issuer: \"" + issuer.url() + "\", audience: \"" + OidcIssuer.AUDIENCE
                + "\", requiredClaims: [\"repository=octo-org/octo-repo\"], jobs: \"job-*\"}\n";
    }
}
