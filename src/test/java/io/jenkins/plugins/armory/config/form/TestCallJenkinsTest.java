package io.jenkins.plugins.armory.config.form;

import static org.assertj.core.api.Assertions.assertThat;

import com.cloudbees.hudson.plugins.folder.Folder;
import com.cloudbees.plugins.credentials.CredentialsScope;
import com.cloudbees.plugins.credentials.SystemCredentialsProvider;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import hudson.model.Item;
import hudson.util.Secret;
import io.jenkins.plugins.armory.config.ArmoryConfiguration;
import io.jenkins.plugins.armory.runtime.ArmoryRuntime;
import java.net.URL;
import java.nio.file.Files;
import java.util.List;
import java.util.concurrent.TimeUnit;
import jenkins.model.Jenkins;
import mockwebserver3.MockResponse;
import mockwebserver3.MockWebServer;
import mockwebserver3.RecordedRequest;
import okhttp3.Headers;
import org.htmlunit.HttpMethod;
import org.htmlunit.Page;
import org.htmlunit.WebRequest;
import org.htmlunit.html.HtmlPage;
import org.htmlunit.util.NameValuePair;
import org.jenkinsci.plugins.plaincredentials.impl.StringCredentialsImpl;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.jvnet.hudson.test.JenkinsRule;
import org.jvnet.hudson.test.MockAuthorizationStrategy;
import org.jvnet.hudson.test.junit.jupiter.WithJenkins;

/** Tests of the button that sends a test call. */
@WithJenkins
class TestCallJenkinsTest {

    private static final String SECRET = "s3cret-of-the-test-of-calls";

    private final MockWebServer external = new MockWebServer();
    private JenkinsRule j;

    @BeforeEach
    void start(JenkinsRule rule) throws Exception {
        j = rule;
        external.start();
        SystemCredentialsProvider.getInstance()
                .getCredentials()
                .add(new StringCredentialsImpl(CredentialsScope.GLOBAL, "ci", null, Secret.fromString(SECRET)));
        ArmoryConfiguration.get().setAllowedHosts(List.of("127.0.0.1"));
        ArmoryConfiguration.get().setWebhooks(List.of(definition("tests")));
    }

    @AfterEach
    void stop() {
        external.close();
    }

    private WebhookDefinition definition(String name) {
        WebhookDefinition definition = new WebhookDefinition();
        definition.setName(name);
        definition.setUriTemplate("http://127.0.0.1:" + external.getPort() + "/start?ref={{context.ref}}");
        definition.setHeaders(List.of(new KeyValue("Authorization", "Bearer {{secrets.ci}}")));
        definition.setRetryCount(5);
        return definition;
    }

    private Page send(JenkinsRule.WebClient client, String place, String name) throws Exception {
        client.setThrowExceptionOnFailingStatusCode(false);
        WebRequest request = new WebRequest(
                new URL(j.getURL(), place + "descriptorByName/" + WebhookDefinition.class.getName() + "/sendTest"),
                HttpMethod.POST);
        request.setRequestParameters(List.of(new NameValuePair("name", name)));
        client.addCrumb(request);
        return client.getPage(request);
    }

    private String send(String name) throws Exception {
        return send(j.createWebClient(), "", name).getWebResponse().getContentAsString();
    }

    @Test
    void callsTheWebhookOnceAndShowsTheStartOfTheAnswerAsText() throws Exception {
        external.enqueue(new MockResponse(202, Headers.of(), "<script>alert(1)</script> " + SECRET));

        String html = send("tests");

        assertThat(html).contains("class=\"ok\"", "answered 202");
        assertThat(html).contains("&lt;script&gt;alert(1)&lt;/script&gt; ****").doesNotContain("<script>", SECRET);
        RecordedRequest request = external.takeRequest(10, TimeUnit.SECONDS);
        assertThat(request.getTarget()).isEqualTo("/start?ref=sample");
        assertThat(request.getHeaders().get("Authorization")).isEqualTo("Bearer " + SECRET);
    }

    @Test
    void aCallbackToItDecidesNothing() throws Exception {
        external.enqueue(new MockResponse(202, Headers.of(), ""));
        send("tests");
        JsonNode body = new ObjectMapper()
                .readTree(external.takeRequest(10, TimeUnit.SECONDS).getBody().utf8());
        JenkinsRule.WebClient client = j.createWebClient();
        client.setThrowExceptionOnFailingStatusCode(false);
        WebRequest callback =
                new WebRequest(new URL(body.get("callbackUri").textValue() + "/callback"), HttpMethod.POST);
        callback.setAdditionalHeader(
                "Authorization",
                "Bearer "
                        + ArmoryRuntime.get()
                                .tokens()
                                .tokenFor(body.get("approvalId").textValue()));
        callback.setAdditionalHeader("Content-Type", "application/json");
        callback.setRequestBody("{\"success\": true}");

        assertThat(client.getPage(callback).getWebResponse().getStatusCode()).isEqualTo(410);
    }

    @Test
    void doesNotRepeatTheCallAndSaysWhatToCheck() throws Exception {
        external.enqueue(new MockResponse(503, Headers.of(), "busy"));

        assertThat(send("tests")).contains("class=\"error\"", "answered 503; look at the log of the service", "busy");
        assertThat(external.getRequestCount()).isEqualTo(1);
    }

    @Test
    void callsNoHostThatIsNotAllowed() throws Exception {
        ArmoryConfiguration.get().setAllowedHosts(List.of("*.example.com"));

        assertThat(send("tests")).contains("class=\"error\"", "127.0.0.1").doesNotContain("answered");
        assertThat(external.getRequestCount()).isZero();
    }

    @Test
    void tellsWhatCannotBeTestedFromHere() throws Exception {
        WebhookDefinition unknown = definition("unknown");
        unknown.setHeaders(List.of(new KeyValue("Authorization", "{{secrets.nope}}")));
        WebhookDefinition agent = definition("agent");
        agent.setNetworkMode("remoteNetworkAgent");
        ArmoryConfiguration.get().setWebhooks(List.of(unknown, agent));

        assertThat(send("unknown")).contains("Nothing was sent", "nope");
        assertThat(send("agent")).contains("from an agent");
        assertThat(send("not saved yet")).contains("Save the form first");
        assertThat(external.getRequestCount()).isZero();
    }

    /** Their templates have variables that no other call has, and no callback URI. */
    @Test
    void callsWebhooksThatNotifyOrCancel() throws Exception {
        ArmoryConfiguration.get()
                .setWebhooks(List.of(
                        withBody("chat", "{{armory.event}} {{armory.outcome}} {{armory.approvalUrl}} {{armory.text}}"),
                        withBody("stop", "{{armory.outcome}} {{armory.reason}} {{answer.id}}")));
        external.enqueue(new MockResponse(200, Headers.of(), ""));
        external.enqueue(new MockResponse(200, Headers.of(), ""));

        assertThat(send("chat")).contains("answered 200");
        assertThat(external.takeRequest(10, TimeUnit.SECONDS).getBody().utf8())
                .isEqualTo("\"WAITING sample " + j.getURL() + " This is a test from Jenkins. No approval waits.\"");
        assertThat(send("stop")).contains("answered 200");
        assertThat(external.takeRequest(10, TimeUnit.SECONDS).getBody().utf8()).isEqualTo("\"sample sample 1\"");
    }

    private WebhookDefinition withBody(String name, String inline) {
        WebhookDefinition definition = definition(name);
        BodyTemplate body = new BodyTemplate();
        body.setInline("\"" + inline + "\"");
        definition.setBodyTemplate(body);
        return definition;
    }

    /** As an earlier version may have stored it, or a hand. */
    @Test
    void namesTheMistakeOfAStoredDefinition() throws Exception {
        ArmoryConfiguration.get().getWebhooks().add(new WebhookDefinition());

        assertThat(send("tests")).contains("class=\"error\"", "Nothing was sent", "webhooks: name: must not be blank");
    }

    @Test
    void callsNobodyWhileTheSettingsCannotBeRead() throws Exception {
        ArmoryConfiguration configuration = ArmoryConfiguration.get();
        Files.writeString(j.jenkins.getRootDir().toPath().resolve(configuration.getId() + ".xml"), "<");
        configuration.load();

        assertThat(send("tests")).contains("class=\"error\"", "Nothing was sent", "cannot be read");
        assertThat(external.getRequestCount()).isZero();
    }

    @Test
    void sendsNoSecretThatJobsMayNotUse() throws Exception {
        SystemCredentialsProvider.getInstance()
                .getCredentials()
                .add(new StringCredentialsImpl(CredentialsScope.SYSTEM, "of-jenkins", null, Secret.fromString(SECRET)));
        ArmoryConfiguration.get().setCallbackCredentialsId("ci");
        WebhookDefinition ofJenkins = definition("of-jenkins");
        ofJenkins.setHeaders(List.of(new KeyValue("Authorization", "{{secrets.of-jenkins}}")));
        ArmoryConfiguration.get().setWebhooks(List.of(definition("trusted"), ofJenkins));

        assertThat(send("trusted")).contains("Nothing was sent", "trusts with callbacks");
        assertThat(send("of-jenkins")).contains("Nothing was sent", "there is no Secret text credential");
        assertThat(external.getRequestCount()).isZero();
    }

    @Test
    void isForThoseWhoMayDefineIt() throws Exception {
        Folder folder = j.createProject(Folder.class, "folder");
        FolderWebhooks property = new FolderWebhooks();
        property.setWebhooks(List.of(definition("of-the-folder")));
        folder.addProperty(property);
        j.jenkins.setSecurityRealm(j.createDummySecurityRealm());
        j.jenkins.setAuthorizationStrategy(new MockAuthorizationStrategy()
                .grant(Jenkins.ADMINISTER)
                .everywhere()
                .to("admin")
                .grant(Jenkins.READ, Item.READ)
                .everywhere()
                .to("reader", "owner")
                .grant(Item.CONFIGURE)
                .onItems(folder)
                .to("owner"));
        for (int i = 0; i < 3; i++) {
            external.enqueue(new MockResponse(202, Headers.of(), ""));
        }

        assertThat(status("admin", "", "tests")).isEqualTo(200);
        assertThat(status("owner", "", "tests")).isEqualTo(403);
        assertThat(status("reader", "", "tests")).isEqualTo(403);
        assertThat(external.getRequestCount()).isEqualTo(1);
        assertThat(status("owner", "job/folder/", "of-the-folder")).isEqualTo(200);
        assertThat(external.getRequestCount()).isEqualTo(2);
        assertThat(status("reader", "job/folder/", "of-the-folder")).isEqualTo(403);
        assertThat(send(client("owner"), "job/folder/", "tests")
                        .getWebResponse()
                        .getContentAsString())
                .as("one of the settings, which is not the folder's to test")
                .contains("Save the form first");
        assertThat(external.getRequestCount()).isEqualTo(2);
    }

    private JenkinsRule.WebClient client(String user) throws Exception {
        return j.createWebClient().login(user);
    }

    private int status(String user, String place, String name) throws Exception {
        return send(client(user), place, name).getWebResponse().getStatusCode();
    }

    @Test
    void aGetRequestSendsNothing() throws Exception {
        JenkinsRule.WebClient client = j.createWebClient();
        client.setThrowExceptionOnFailingStatusCode(false);

        Page page = client.goTo("descriptorByName/" + WebhookDefinition.class.getName() + "/sendTest?name=tests", null);

        assertThat(page.getWebResponse().getStatusCode()).isEqualTo(404);
        assertThat(external.getRequestCount()).isZero();
    }

    @Test
    void theButtonIsInTheForm() throws Exception {
        HtmlPage page = j.createWebClient().withJavaScriptEnabled(false).goTo("manage/configure");

        assertThat(page.getWebResponse().getContentAsString()).contains("Send a test", "sendTest");
    }
}
