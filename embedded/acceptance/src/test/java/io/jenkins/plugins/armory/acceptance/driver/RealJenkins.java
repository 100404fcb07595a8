package io.jenkins.plugins.armory.acceptance.driver;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URLEncoder;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * A real Jenkins with the plugin installed, as an administrator would have it: nobody may do anything without logging
 * in, and CSRF protection and the content security policy are on. Where it has the dark theme, it looks as the browser
 * prefers.
 */
public final class RealJenkins extends ControllerProcess {

    /** What Jenkins prints, and ends, if its filter begins before its constructor: seldom, and without any plugin. */
    private static final String TOO_EARLY = "key cannot be empty or null";

    private static final String PASSWORD = "acceptance";
    /** In the form that Jenkins gives its API tokens: the version, and 16 bytes. */
    private static final String API_TOKEN = "11" + "0123456789abcdef".repeat(2);

    /** The answers of a Jenkins that has not loaded its builds, or its users. */
    private static final Set<Integer> NOT_YET = Set.of(503, 401);

    private final Path war;
    private final int port;

    /**
     * @param plugins to install beside this build's
     * @param casc as for {@link Controller#create}
     */
    RealJenkins(Path war, Plugins plugins, String casc) {
        this.war = war;
        this.port = Ports.free();
        write("casc/settings.yaml", casc);
        write("casc/security.yaml", """
                jenkins:
                  quietPeriod: 0
                  nodes:
                    - permanent:
                        name: inside
                        remoteFS: "/nowhere"
                        numExecutors: 1
                        mode: EXCLUSIVE
                        launcher: {inbound: {webSocket: true}}
                  securityRealm:
                    local:
                      allowsSignup: false
                      users:
                        - {id: admin, password: "%1$s"}
                        - {id: alice, password: "%1$s"}
                        - {id: bob, password: "%1$s"}
                        - {id: carol, password: "%1$s"}
                  authorizationStrategy:
                    loggedInUsersCanDoAnything: {allowAnonymousRead: false}
                  crumbIssuer: {standard: {excludeClientIPFromCrumb: false}}
                unclassified:
                  location: {url: "%2$s"}
                """.formatted(PASSWORD, url()));
        if (plugins.has("dark-theme")) {
            write("casc/appearance.yaml", "appearance: {themeManager: {disableUserThemes: true, theme: darkSystem}}");
        }
        write("init.groovy.d/api-token.groovy", """
                ['admin', 'alice', 'bob', 'carol'].each {
                    def user = hudson.model.User.getById(it, true)
                    user.getProperty(jenkins.security.ApiTokenProperty).addFixedNewToken('acceptance', '%s')
                }
                """.formatted(API_TOKEN));
        try {
            Path folder = Files.createDirectories(home().resolve("plugins"));
            for (Path file : plugins.files()) {
                Files.copy(file, folder.resolve(file.getFileName()));
            }
            String plugin = "armory-webhook-approval.hpi";
            Files.copy(Path.of(System.getProperty("acceptance.artifacts"), plugin), folder.resolve(plugin));
        } catch (IOException x) {
            throw new UncheckedIOException(x);
        }
    }

    /**
     * The real Jenkins of this run of the suite.
     *
     * @param casc as for {@link Controller#create}
     */
    public static RealJenkins create(String casc) {
        return new RealJenkins(Path.of(System.getProperty("jenkins.war")), Plugins.given(), casc);
    }

    /**
     * From now on, the users are not administrators: {@code alice} and {@code bob} may build, and so approve and
     * reject, {@code carol} may read. Jenkins cannot keep that over a restart.
     */
    public void restrictUsers() {
        String script = """
                import hudson.model.Item
                import hudson.security.*
                import jenkins.model.Jenkins

                def granted = { user, permission ->
                    for (def each = permission; each != null; each = each.impliedBy) {
                        if (user in ['admin', 'SYSTEM']
                                || user in ['alice', 'bob', 'carol'] && each in [Jenkins.READ, Item.READ]
                                || user in ['alice', 'bob'] && each == Item.BUILD) {
                            return true
                        }
                    }
                    return false
                }
                def acl = ACL.lambda2({ user, permission -> granted(user.name, permission) })
                Jenkins.get().authorizationStrategy = new AuthorizationStrategy() {
                    ACL getRootACL() { acl }
                    Collection<String> getGroups() { [] }
                }
                print 'done'
                """;
        Answer answer = Http.send(Http.request(url() + "scriptText")
                .header("Authorization", apiAuthorization())
                .header("Content-Type", "application/x-www-form-urlencoded")
                .POST(BodyPublishers.ofString("script=" + URLEncoder.encode(script, StandardCharsets.UTF_8))));
        if (!answer.body().equals("done")) {
            throw new AssertionError("The users cannot be restricted: " + answer);
        }
    }

    @Override
    public String description() {
        return "a real Jenkins, " + war;
    }

    /** It always takes requests before its builds are loaded, and answers 503 first. */
    @Override
    void launch(boolean loadingSlowly) {
        launch(
                Map.of(
                        "JENKINS_HOME", home().toString(),
                        "CASC_JENKINS_CONFIG", home().resolve("casc").toString()),
                List.of(
                        "-Djava.awt.headless=true",
                        "-Djenkins.install.runSetupWizard=false",
                        "-Dhudson.model.UpdateCenter.never=true",
                        "-Dhudson.model.UsageStatistics.disabled=true",
                        // Not reported only, as it is by default.
                        "-Djenkins.security.csp.CspHeader.headerName=Content-Security-Policy",
                        "-jar",
                        war.toString(),
                        "--httpListenAddress=127.0.0.1",
                        "--httpPort=" + port));
    }

    @Override
    void awaitUp() {
        try {
            awaitAnswer();
        } catch (IllegalStateException x) {
            if (!x.getMessage().contains(TOO_EARLY)) {
                throw x;
            }
            launch(false); // as a service manager does
            awaitAnswer();
        }
    }

    private void awaitAnswer() {
        HttpRequest.Builder login = Http.request(url() + "login").header("Authorization", apiAuthorization());
        Wait.until("Jenkins is up, and knows its users")
                .ignoreException(UncheckedIOException.class)
                .until(() -> {
                    process().checkAlive();
                    return !NOT_YET.contains(Http.send(login).status());
                });
    }

    @Override
    public String url() {
        return "http://127.0.0.1:" + port + "/";
    }

    @Override
    public Optional<String> authorization() {
        return Optional.of(apiAuthorization());
    }

    /** The {@code Authorization} of somebody who may do everything, with an API token: then no crumb is needed. */
    public static String apiAuthorization() {
        return basic(API_TOKEN);
    }

    /** The {@code Authorization} of the same user with a password, as browsers have it: then a crumb is needed too. */
    public static String passwordAuthorization() {
        return basic(PASSWORD);
    }

    @Override
    public String authorizationOf(String user) {
        return basic(user, API_TOKEN);
    }

    /** The {@code Authorization} of one of the users, with a password. */
    public static String passwordAuthorizationOf(String user) {
        return basic(user, PASSWORD);
    }

    private static String basic(String secret) {
        return basic("admin", secret);
    }

    private static String basic(String name, String secret) {
        byte[] user = (name + ":" + secret).getBytes(StandardCharsets.UTF_8);
        return "Basic " + Base64.getEncoder().encodeToString(user);
    }
}
