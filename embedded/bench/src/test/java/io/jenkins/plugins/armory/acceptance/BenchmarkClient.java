package io.jenkins.plugins.armory.acceptance;

import io.jenkins.plugins.armory.acceptance.driver.Http;
import java.net.http.HttpRequest.BodyPublishers;

/** The one client of the controllers that are measured, which may decide for every job. */
final class BenchmarkClient {

    /** The settings of a controller that knows it. More of the plugin's own settings may follow, indented as its own. */
    static final String CASC = """
            credentials:
              system:
                domainCredentials:
                  - credentials:
                      - usernamePassword: {id: client, scope: SYSTEM, username: "client-1", password: "secret-of-the-benchmark"}
            unclassified:
              armory:
                callbackClients:
                  - {credentialsId: client, jobs: "**"}
            """;

    private BenchmarkClient() {}

    /** Returns a new token of the controller at this address, which ends with a slash. */
    static String tokenOf(String url) {
        return Http.send(
                        Http.request(url + "armory/oauth/token")
                                .header("Content-Type", "application/x-www-form-urlencoded")
                                .POST(
                                        BodyPublishers.ofString(
                                                "grant_type=client_credentials&client_id=client-1&client_secret=secret-of-the-benchmark")))
                .json()
                .get("access_token")
                .textValue();
    }
}
