package io.jenkins.plugins.armory.part.oauth;

import static org.assertj.core.api.Assertions.assertThat;

import com.cloudbees.hudson.plugins.folder.Folder;
import com.cloudbees.plugins.credentials.CredentialsProvider;
import com.cloudbees.plugins.credentials.CredentialsScope;
import com.cloudbees.plugins.credentials.domains.Domain;
import com.cloudbees.plugins.credentials.impl.UsernamePasswordCredentialsImpl;
import hudson.ExtensionList;
import hudson.model.Item;
import hudson.model.Result;
import hudson.security.csrf.DefaultCrumbIssuer;
import hudson.util.Secret;
import io.jenkins.plugins.armory.approval.TestApproval;
import io.jenkins.plugins.armory.runtime.ArmoryRuntime;
import io.jenkins.plugins.armory.store.TestBuilds;
import io.jenkins.plugins.armory.web.ArmoryRootActionJenkinsTest;
import io.jenkins.plugins.armory.web.CallerFilter;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.List;
import jenkins.model.Jenkins;
import jenkins.util.HttpServletFilter;
import net.sf.json.JSONArray;
import net.sf.json.JSONObject;
import org.htmlunit.Page;
import org.jenkinsci.plugins.plaincredentials.impl.StringCredentialsImpl;
import org.jenkinsci.plugins.workflow.cps.CpsFlowDefinition;
import org.jenkinsci.plugins.workflow.job.WorkflowJob;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.jvnet.hudson.test.JenkinsRule;
import org.jvnet.hudson.test.MockAuthorizationStrategy;
import org.jvnet.hudson.test.MockFolder;
import org.jvnet.hudson.test.junit.jupiter.WithJenkins;

/** Tests of clients and their tokens on a secured Jenkins with crumbs. */
@WithJenkins
class CallersJenkinsTest {

    private static final String SUCCESS = "{\"success\": true}";
    private static final String GRANT = "grant_type=client_credentials";

    private final HttpClient http = HttpClient.newHttpClient();
    private JenkinsRule j;
    private String id;

    @BeforeEach
    void lockUp(JenkinsRule rule) throws Exception {
        j = rule;
        WorkflowJob job = j.createProject(MockFolder.class, "team").createProject(WorkflowJob.class, "deploy");
        j.jenkins.setCrumbIssuer(new DefaultCrumbIssuer(false));
        j.jenkins.setSecurityRealm(j.createDummySecurityRealm());
        j.jenkins.setAuthorizationStrategy(new MockAuthorizationStrategy()
                .grant(Jenkins.READ)
                .everywhere()
                .to("visitor")
                .grant(Jenkins.READ, Item.READ)
                .everywhere()
                .to("reader"));
        CredentialsProvider.lookupStores(j.jenkins)
                .iterator()
                .next()
                .addCredentials(
                        Domain.global(),
                        new UsernamePasswordCredentialsImpl(
                                CredentialsScope.GLOBAL, "ci", "", "client-1", "a-secret-of-all-clients"));
        ArmoryClients.get().setClients(List.of(new ClientDefinition("ci", "team/**")));
        id = newApproval(job.getFullName());
    }

    private static String newApproval(String job) throws Exception {
        String newId = ArmoryRuntime.get().tokens().newId();
        TestBuilds.create(
                ArmoryRuntime.get().approvals(),
                TestApproval.of(newId, ArmoryRootActionJenkinsTest.running(job))
                        .environment("prod")
                        .webhook("tests")
                        .timeout(Instant.now(), Duration.ofHours(1))
                        .start());
        return newId;
    }

    private HttpRequest.Builder request(String path) throws Exception {
        return HttpRequest.newBuilder(URI.create(j.getURL() + "armory/" + path));
    }

    private HttpResponse<String> post(String path, String type, String body, String... headers) throws Exception {
        HttpRequest.Builder request =
                request(path).header("Content-Type", type).POST(HttpRequest.BodyPublishers.ofString(body));
        if (headers.length > 0) {
            request.headers(headers);
        }
        return http.send(request.build(), HttpResponse.BodyHandlers.ofString());
    }

    private HttpResponse<String> askForToken(String body, String... headers) throws Exception {
        return post("oauth/token", "application/x-www-form-urlencoded", body, headers);
    }

    private String token() throws Exception {
        HttpResponse<String> response = askForToken("data=audience=https://api.cloud.armory.io&" + GRANT
                + "&client_id=client-1&client_secret=a-secret-of-all-clients");
        assertThat(response.statusCode()).as(response.body()).isEqualTo(200);
        return JSONObject.fromObject(response.body()).getString("access_token");
    }

    private static String basic(String pair) {
        return "Basic " + Base64.getEncoder().encodeToString(pair.getBytes(StandardCharsets.UTF_8));
    }

    @Test
    void aClientThatIsNoUserGetsATokenAndDecides() throws Exception {
        HttpResponse<String> response =
                post("approvals/" + id, "application/json", SUCCESS, "Authorization", "Bearer " + token());

        assertThat(response.statusCode()).as(response.body()).isEqualTo(200);
        assertThat(ArmoryRuntime.get()
                        .approvals()
                        .find(id)
                        .orElseThrow()
                        .requireDecision()
                        .decidedBy())
                .isEqualTo("client client-1");
    }

    /** The filter does not answer before the end of a start, when the root action can be reached already. */
    @Test
    void theRootActionAnswersCallersWhereTheFilterDoesNot() throws Exception {
        ExtensionList<HttpServletFilter> filters = ExtensionList.lookup(HttpServletFilter.class);
        assertThat(filters.remove(filters.get(CallerFilter.class))).isTrue();

        HttpResponse<String> response =
                post("approvals/" + id, "application/json", SUCCESS, "Authorization", "Bearer " + token());

        assertThat(response.statusCode()).as(response.body()).isEqualTo(200);
        assertThat(ArmoryRuntime.get().approvals().find(id).orElseThrow().isDecided())
                .isTrue();
    }

    @Test
    void aClientMayComeWithHttpBasic() throws Exception {
        assertThat(askForToken(GRANT, "Authorization", basic("client-1:a-secret-of-all-clients"))
                        .statusCode())
                .isEqualTo(200);

        HttpResponse<String> refused = askForToken(GRANT, "Authorization", basic("reader:reader"));
        assertThat(refused.statusCode()).isEqualTo(401);
        assertThat(JSONObject.fromObject(refused.body()).getString("error")).isEqualTo("invalid_client");
        assertThat(refused.headers().allValues("WWW-Authenticate"))
                .containsExactly("Basic realm=\"armory\", charset=\"UTF-8\"");
    }

    @ParameterizedTest
    @ValueSource(strings = {"api/json", "", "oauth/token/x", "oauth/", "approvals/x/api/json"})
    void httpBasicOfAClientIsGoodForNothingElse(String path) throws Exception {
        HttpResponse<String> response = http.send(
                request(path)
                        .header("Authorization", basic("client-1:a-secret-of-all-clients"))
                        .build(),
                HttpResponse.BodyHandlers.ofString());

        assertThat(response.statusCode()).isEqualTo(401);
        assertThat(response.body()).doesNotContain(id, "deploy");
    }

    @Test
    void aClientDecidesForItsJobsAlone() throws Exception {
        j.createProject(WorkflowJob.class, "other");
        String other = newApproval("other");

        HttpResponse<String> response =
                post("approvals/" + other, "application/json", SUCCESS, "Authorization", "Bearer " + token());

        assertThat(response.statusCode()).isEqualTo(403);
        assertThat(response.headers().firstValue("WWW-Authenticate"))
                .contains("Bearer realm=\"armory\", error=\"insufficient_scope\"");
        assertThat(ArmoryRuntime.get().approvals().find(other).orElseThrow().isDecided())
                .isFalse();
    }

    @Test
    void aTokenEndsWithTheClient() throws Exception {
        String token = token();
        ArmoryClients.get().setClients(List.of());

        assertThat(post("approvals/" + id, "application/json", SUCCESS, "Authorization", "Bearer " + token)
                        .statusCode())
                .isEqualTo(401);
    }

    @Test
    void whyACallbackWasRefusedIsForThoseWhoMayReadTheJob() throws Exception {
        post("approvals/" + id + "/test", "application/json", SUCCESS);
        post("approvals/" + id, "application/json", SUCCESS, "Authorization", "Bearer wrong");

        String json = seenBy("reader").getWebResponse().getContentAsString();
        JSONArray rejected = JSONObject.fromObject(json).getJSONArray("rejectedCallbacks");
        assertThat(rejected.size()).isEqualTo(2);
        assertThat(rejected.getJSONObject(0).getString("reason")).startsWith("unknown token: ");
        assertThat(rejected.getJSONObject(0).getBoolean("rehearsal")).isFalse();
        assertThat(rejected.getJSONObject(1).getString("reason")).startsWith("no Authorization header");
        assertThat(rejected.getJSONObject(1).getBoolean("rehearsal")).isTrue();
        assertThat(seenBy("visitor").getWebResponse().getStatusCode()).isEqualTo(404);
        assertThat(http.send(request("approvals/" + id + "/api/json").build(), HttpResponse.BodyHandlers.ofString())
                        .statusCode())
                .isEqualTo(403);
    }

    private Page seenBy(String user) throws Exception {
        JenkinsRule.WebClient client =
                j.createWebClient().withThrowExceptionOnFailingStatusCode(false).login(user);
        return client.goTo("armory/approvals/" + id + "/api/json", "application/json");
    }

    @Test
    void aStepThatNamesNobodyWhoCanCallBackFails() throws Exception {
        WorkflowJob job = j.createProject(WorkflowJob.class, "mistaken");
        for (String wrong : List.of("allowedCallers: ['nobody']", "callbackCredentialsId: 'missing'")) {
            job.setDefinition(new CpsFlowDefinition(
                    "armoryWebhookApproval(name: 'x', uriTemplate: 'https://127.0.0.1:1/', " + wrong + ")", true));
            j.assertLogContains(
                    wrong.substring(0, wrong.indexOf(':')) + ": ", j.buildAndAssertStatus(Result.FAILURE, job));
        }
    }

    /** Whoever may create credentials in a folder must not become the client that the approval names. */
    @Test
    void noSecretTextOfAFolderStandsInForTheClientThatAnApprovalNames() throws Exception {
        Folder folder = j.createProject(Folder.class, "own");
        CredentialsProvider.lookupStores(folder)
                .iterator()
                .next()
                .addCredentials(
                        Domain.global(),
                        new StringCredentialsImpl(
                                CredentialsScope.GLOBAL, "ci", "", Secret.fromString("f0lder-secret-of-the-team")));
        WorkflowJob job = folder.createProject(WorkflowJob.class, "job");
        ArmoryClients.get().setClients(List.of(new ClientDefinition("ci", "own/**")));
        String named = ArmoryRuntime.get().tokens().newId();
        TestBuilds.create(
                ArmoryRuntime.get().approvals(),
                TestApproval.of(named, ArmoryRootActionJenkinsTest.running(job.getFullName()))
                        .webhook("tests")
                        .callers("ci", List.of("credentials ci"))
                        .timeout(Instant.now(), Duration.ofHours(1))
                        .start());

        assertThat(post(
                                "approvals/" + named,
                                "application/json",
                                SUCCESS,
                                "Authorization",
                                "Bearer f0lder-secret-of-the-team")
                        .statusCode())
                .isEqualTo(401);
        assertThat(ArmoryRuntime.get().approvals().find(named).orElseThrow().isDecided())
                .isFalse();
    }
}
