package io.jenkins.plugins.armory.web;

import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import hudson.model.Item;
import io.jenkins.plugins.armory.approval.TestApproval;
import io.jenkins.plugins.armory.runtime.ArmoryRuntime;
import io.jenkins.plugins.armory.runtime.BuildRecord;
import io.jenkins.plugins.armory.store.TestBuilds;
import java.beans.Introspector;
import java.lang.reflect.Method;
import java.net.URL;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import jenkins.model.Jenkins;
import net.sf.json.JSONObject;
import org.htmlunit.HttpMethod;
import org.htmlunit.WebRequest;
import org.htmlunit.WebResponse;
import org.jenkinsci.plugins.workflow.cps.CpsFlowDefinition;
import org.jenkinsci.plugins.workflow.job.WorkflowJob;
import org.jenkinsci.plugins.workflow.job.WorkflowRun;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.jvnet.hudson.test.JenkinsRule;
import org.jvnet.hudson.test.MockAuthorizationStrategy;
import org.jvnet.hudson.test.junit.jupiter.WithJenkins;
import org.yaml.snakeyaml.Yaml;

/**
 * Tests of every endpoint of the plugin with every permission, with and without a crumb. An endpoint that is missing in
 * the tables below fails the test.
 */
@WithJenkins
class AccessJenkinsTest {

    /** The users, in the order of the columns. {@code admin} has Overall/Administer, which implies everything. */
    private static final List<String> USERS =
            List.of("anonymous", "reader", "builder", "approver", "rejecter", "admin");

    /** The answer to a request without a crumb. */
    private enum Crumb {
        /** The same answer: the request changes nothing, or is for callers. */
        NOT_ASKED,
        /** 403 for everybody. */
        ASKED
    }

    /**
     * @param path the path below the Jenkins URL; <code>{id}</code> stands for an approval that waits for a person
     * @param statuses the statuses for {@link #USERS}
     */
    private record Row(String method, String path, Crumb crumb, int... statuses) {

        /** Returns the path as docs/openapi.yaml has it. */
        String operation() {
            String below = path.replaceFirst("^armory", "")
                    .replaceFirst("^job/deploy/1/armory", "/armory")
                    .replaceFirst("\\?.*", "")
                    .replace("2026-12", "{month}");
            return method + " " + below;
        }
    }

    private static final List<Row> API = List.of(
            //                                                                         anonymous, reader, builder,
            // approver, rejecter, admin
            new Row("GET", "armory/api/json", Crumb.NOT_ASKED, 403, 200, 200, 200, 200, 200),
            new Row("GET", "armory/approvals/{id}/api/json", Crumb.NOT_ASKED, 403, 200, 200, 200, 200, 200),
            new Row("GET", "armory/environments/api/json", Crumb.NOT_ASKED, 403, 200, 200, 200, 200, 200),
            new Row("GET", "armory/history/2026-12.ndjson", Crumb.NOT_ASKED, 403, 403, 403, 403, 403, 200),
            new Row("GET", "job/deploy/1/armory/api/json", Crumb.NOT_ASKED, 403, 200, 200, 200, 200, 200),
            new Row("POST", "armory/approvals/{id}/approve", Crumb.ASKED, 404, 403, 200, 200, 403, 200),
            new Row("POST", "armory/approvals/{id}/reject", Crumb.ASKED, 404, 403, 200, 403, 200, 200),
            new Row("POST", "armory/approvals/{id}/override", Crumb.ASKED, 400, 400, 400, 400, 400, 400),
            new Row(
                    "POST",
                    "armory/approvals/{id}/override?decision=approve&decision=reject&reason=x",
                    Crumb.ASKED,
                    400,
                    400,
                    400,
                    400,
                    400,
                    400),
            new Row(
                    "POST",
                    "armory/approvals/{id}/override?decision=approve&reason=x",
                    Crumb.ASKED,
                    404,
                    403,
                    403,
                    403,
                    403,
                    200),
            // Callers are not users: the token counts, and here is none.
            new Row("POST", "armory/approvals/{id}/callback", Crumb.NOT_ASKED, 401, 401, 401, 401, 401, 401),
            new Row("POST", "armory/approvals/{id}/test", Crumb.NOT_ASKED, 401, 401, 401, 401, 401, 401),
            new Row("POST", "armory/approvals/{id}/progress", Crumb.NOT_ASKED, 401, 401, 401, 401, 401, 401),
            new Row("POST", "armory/oauth/token", Crumb.NOT_ASKED, 400, 400, 400, 400, 400, 400));

    private static final List<Row> PAGES_AND_THE_LIKE = List.of(
            new Row("GET", "armory/", Crumb.NOT_ASKED, 403, 200, 200, 200, 200, 200),
            new Row("GET", "armory/environments/", Crumb.NOT_ASKED, 403, 200, 200, 200, 200, 200),
            new Row("GET", "job/deploy/1/armory/", Crumb.NOT_ASKED, 403, 200, 200, 200, 200, 200),
            // The approval of the table has no parameters; ApprovalInputsJenkinsTest has the form of one that does.
            new Row("GET", "armory/approvals/{id}/inputs", Crumb.NOT_ASKED, 404, 404, 404, 404, 404, 404),
            new Row("POST", "armory/approvals/{id}", Crumb.NOT_ASKED, 401, 401, 401, 401, 401, 401),
            // To the page of the build.
            new Row("GET", "armory/approvals/{id}", Crumb.NOT_ASKED, 405, 200, 200, 200, 200, 200),
            new Row("GET", "armory/approvals/{id}/approve", Crumb.NOT_ASKED, 405, 200, 200, 200, 200, 200),
            new Row("GET", "armory/oauth/token", Crumb.NOT_ASKED, 405, 405, 405, 405, 405, 405),
            new Row("POST", "armory/api/json", Crumb.ASKED, 403, 200, 200, 200, 200, 200),
            new Row("GET", "armory/nothing", Crumb.NOT_ASKED, 404, 404, 404, 404, 404, 404));

    /** The users who may call a method of a form. */
    private enum Form {
        /** Everybody with Overall/Read: the method only looks at what it is sent. */
        READERS,
        ADMINISTRATORS
    }

    private static final Map<String, Form> FORMS = forms(
            Form.READERS,
            "WebhookDefinition.checkName",
            "WebhookDefinition.checkUriTemplate",
            "WebhookDefinition.checkRetryCount",
            "WebhookDefinition.checkConnectTimeout",
            "WebhookDefinition.checkRequestTimeout",
            "WebhookDefinition.fillSignWithItems", // like those of callbackCredentialsId
            "WebhookDefinition.fillClientCertificateIdItems",
            "WebhookDefinition.fillTrustCertificateIdItems",
            "WebhookDefinition.checkAgentIdentifier",
            "WebhookDefinition.fillMethodItems",
            "WebhookDefinition.fillNetworkModeItems",
            "AnswerDefinition.checkSuccess",
            "AnswerDefinition.checkPointer",
            "StatusDefinition.checkUriTemplate",
            "StatusDefinition.checkPointer",
            "StatusDefinition.checkLocation",
            "StatusDefinition.checkEvery",
            "StatusDefinition.fillUnitItems",
            "CancelDefinition.checkUriTemplate",
            "CancelDefinition.checkRetryCount",
            "CancelDefinition.checkConnectTimeout",
            "CancelDefinition.checkRequestTimeout",
            "CancelDefinition.fillSignWithItems", // like those of callbackCredentialsId
            "CancelDefinition.fillClientCertificateIdItems",
            "CancelDefinition.fillTrustCertificateIdItems",
            "CancelDefinition.fillMethodItems",
            "RetryDefinition.checkCount",
            "RetryDefinition.checkOn",
            "BodyTemplate.checkInline",
            "ClientDefinition.fillCredentialsIdItems", // for others than administrators, it has only what they send
            "ArmoryConfiguration.fillCallbackCredentialsIdItems",
            "ArmoryRollbackStep.checkEnvironment",
            "ApprovalRule.checkRequired",
            "EnvironmentRule.checkTimeout",
            "EnvironmentRule.fillUnitItems",
            "EnvironmentRule.fillCallbackCredentialsIdItems",
            "ManualApproval.checkRequired",
            "ArmoryEnvironmentStep.checkName",
            "ArmoryWebhookApprovalStep.checkUriTemplate",
            "ArmoryWebhookApprovalStep.checkRetryCount",
            "ArmoryWebhookApprovalStep.checkConnectTimeout",
            "ArmoryWebhookApprovalStep.checkRequestTimeout",
            "ArmoryWebhookApprovalStep.fillSignWithItems", // like those of callbackCredentialsId
            "ArmoryWebhookApprovalStep.fillClientCertificateIdItems",
            "ArmoryWebhookApprovalStep.fillTrustCertificateIdItems",
            "ArmoryWebhookApprovalStep.checkAgentIdentifier",
            "ArmoryWebhookApprovalStep.checkWebhook",
            "ArmoryWebhookApprovalStep.checkHeartbeat",
            "ArmoryWebhookApprovalStep.checkTimeout",
            "ArmoryWebhookApprovalStep.fillWebhookItems", // empty without Job/Configure
            "ArmoryWebhookApprovalStep.fillPhaseItems",
            "ArmoryWebhookApprovalStep.fillMethodItems",
            "ArmoryWebhookApprovalStep.fillNetworkModeItems",
            "ArmoryWebhookApprovalStep.fillHeartbeatUnitItems",
            "ArmoryWebhookApprovalStep.fillUnitItems",
            "ArmoryWebhookApprovalStep.checkCallbackCredentialsId", // for others, it says nothing
            "ArmoryWebhookApprovalStep.fillCallbackCredentialsIdItems"); // like those of the settings

    static {
        FORMS.putAll(forms(
                Form.ADMINISTRATORS,
                "ArmoryConfiguration.checkCallbackBaseUrl",
                "ArmoryConfiguration.checkCallbackCredentialsId",
                "ArmoryConfiguration.checkAllowedHosts",
                "ClientDefinition.checkCredentialsId",
                "IssuerDefinition.checkIssuer",
                "IssuerDefinition.checkAudience",
                "IssuerDefinition.checkRequiredClaims",
                "ClientDefinition.checkJobs",
                "IssuerDefinition.checkJobs",
                "EnvironmentDefinition.checkName",
                "EnvironmentDefinition.checkJobs",
                "EnvironmentDefinition.checkCredentials",
                "EnvironmentDefinition.checkAgents",
                "EnvironmentRule.checkWebhook",
                "EnvironmentRule.fillWebhookItems",
                "WindowDefinition.checkAllow",
                "WindowDefinition.checkDeny",
                "WindowDefinition.checkFrom",
                "WindowDefinition.checkLasts",
                "WindowDefinition.checkZone"));
        for (String form : List.copyOf(FORMS.keySet())) { // the other steps have the same form
            if (form.startsWith("ArmoryWebhookApprovalStep.")) {
                FORMS.put(form.replace("ArmoryWebhook", "Armory"), FORMS.get(form));
                FORMS.put(form.replace("ApprovalStep", "ApprovalsStep"), FORMS.get(form));
            }
        }
    }

    private static Map<String, Form> forms(Form form, String... names) {
        return Stream.of(names).collect(Collectors.toMap(name -> name, name -> form, (a, b) -> a, LinkedHashMap::new));
    }

    private JenkinsRule j;
    private WorkflowRun run;

    @AfterEach
    void stop() throws Exception {
        run.getExecutor().interrupt();
        j.waitForCompletion(run);
    }

    @BeforeEach
    void start(JenkinsRule rule) throws Exception {
        j = rule;
        WorkflowJob job = j.createProject(WorkflowJob.class, "deploy");
        job.setDefinition(new CpsFlowDefinition("sleep 600", true)); // a build that is over decides nothing
        run = job.scheduleBuild2(0).waitForStart();
        j.waitForMessage("[Pipeline] sleep", run); // one that is interrupted while it starts never ends
        j.jenkins.setSecurityRealm(j.createDummySecurityRealm());
        j.jenkins.setAuthorizationStrategy(new MockAuthorizationStrategy()
                .grant(Jenkins.READ, Item.READ)
                .everywhere()
                .to("reader", "builder", "approver", "rejecter")
                .grant(Item.BUILD)
                .everywhere()
                .to("builder")
                .grant(ArmoryPermissions.APPROVE)
                .everywhere()
                .to("approver")
                .grant(ArmoryPermissions.REJECT)
                .everywhere()
                .to("rejecter")
                .grant(Jenkins.ADMINISTER)
                .everywhere()
                .to("admin"));
    }

    private String newApproval() throws Exception {
        String id = ArmoryRuntime.get().tokens().newId();
        TestBuilds.create(
                ArmoryRuntime.get().approvals(),
                TestApproval.of(id, BuildRecord.refTo(run))
                        .environment("prod")
                        .webhook("tests")
                        .timeout(Instant.now(), Duration.ofHours(1))
                        .manual(TestApproval.requirement("Go?", List.of(), 1))
                        .start());
        return id;
    }

    private JenkinsRule.WebClient client(String user) throws Exception {
        JenkinsRule.WebClient client =
                j.createWebClient().withThrowExceptionOnFailingStatusCode(false).withJavaScriptEnabled(false);
        if (!user.equals("anonymous")) {
            client.login(user);
        }
        client.getOptions().setPrintContentOnFailingStatusCode(false);
        client.setRefreshHandler((page, url, seconds) -> {}); // do not follow the redirect to the login
        return client;
    }

    private int status(JenkinsRule.WebClient client, String method, String path, boolean crumb) throws Exception {
        WebRequest request = new WebRequest(new URL(j.getURL(), path), HttpMethod.valueOf(method));
        request.setAdditionalHeader("Accept", "text/html"); // a browser's
        return client.getPage(crumb ? client.addCrumb(request) : request)
                .getWebResponse()
                .getStatusCode();
    }

    @Test
    void everyEndpointAnswersEveryUserAsTheTableSays() throws Exception {
        List<String> wrong = new ArrayList<>();
        for (int column = 0; column < USERS.size(); column++) {
            String user = USERS.get(column);
            JenkinsRule.WebClient client = client(user);
            for (Row row :
                    Stream.concat(API.stream(), PAGES_AND_THE_LIKE.stream()).toList()) {
                for (boolean crumb : new boolean[] {false, true}) {
                    if (crumb && row.method().equals("GET")) {
                        continue;
                    }
                    int expected = crumb || row.crumb() == Crumb.NOT_ASKED ? row.statuses()[column] : 403;
                    int status = status(client, row.method(), row.path().replace("{id}", newApproval()), crumb);
                    if (status != expected) {
                        wrong.add("%s %s as %s, %s crumb: %d and not %d"
                                .formatted(
                                        row.method(), row.path(), user, crumb ? "with" : "without", status, expected));
                    }
                }
            }
        }
        assertThat(wrong).isEmpty();
    }

    /** A job with Item/Discover but without Item/Read must not hide all other jobs. */
    @Test
    void aJobThatAUserMayKnowOfAndNotReadIsNotThereForThem() throws Exception {
        String hidden = newApproval();
        j.jenkins.setAuthorizationStrategy(new MockAuthorizationStrategy()
                .grant(Jenkins.READ)
                .everywhere()
                .toEveryone()
                .grant(Item.DISCOVER)
                .everywhere()
                .toEveryone());

        for (String user : List.of("anonymous", "reader")) {
            JenkinsRule.WebClient client = client(user);
            assertThat(json(client, "armory/api/json", 200)
                            .getJSONArray("approvals")
                            .isEmpty())
                    .as(user)
                    .isTrue();
            assertThat(json(client, "armory/approvals/" + hidden + "/api/json", 404)
                            .getString("error"))
                    .isEqualTo("unknown_approval");
            assertThat(status(client, "GET", "armory/", false)).isEqualTo(200);
            assertThat(status(client, "POST", "armory/approvals/" + hidden + "/approve", true))
                    .isEqualTo(404);
        }
    }

    @Test
    void whoMayNotReadJenkinsIsToldSoInJson() throws Exception {
        JenkinsRule.WebClient client = client("anonymous");

        for (String path : List.of("armory/api/json", "armory/approvals/" + newApproval() + "/api/json")) {
            assertThat(json(client, path, 403).getString("error")).isEqualTo("forbidden");
        }
    }

    private JSONObject json(JenkinsRule.WebClient client, String path, int status) throws Exception {
        WebResponse response =
                client.getPage(new WebRequest(new URL(j.getURL(), path))).getWebResponse();
        assertThat(response.getStatusCode()).as(path).isEqualTo(status);
        return JSONObject.fromObject(response.getContentAsString());
    }

    @Test
    void methodsOfFormsAnswerEveryUserAsTheTableSays() throws Exception {
        List<String> wrong = new ArrayList<>();
        for (String user : USERS) {
            JenkinsRule.WebClient client = client(user);
            FORMS.forEach((name, form) -> {
                boolean may = user.equals("admin") || form == Form.READERS && !user.equals("anonymous");
                String path = "descriptorByName/" + descriptor(name) + "/" + name.replaceFirst(".*\\.", "") + "?value=";
                try {
                    if (status(client, "POST", path, true) != (may ? 200 : 403)) {
                        wrong.add(name + " as " + user + ", who may" + (may ? "" : " not"));
                    }
                    if (user.equals("admin") && status(client, "POST", path, false) != 403) {
                        wrong.add(name + " without a crumb");
                    }
                } catch (Exception x) {
                    throw new AssertionError(name, x);
                }
            });
        }
        assertThat(wrong).isEmpty();
    }

    private static String descriptor(String form) {
        return ENDPOINTS.getOrDefault(form, "io.jenkins.plugins.armory.config." + form.replaceFirst("\\..*", ""));
    }

    /**
     * The methods that Stapler offers to everybody, also those that a class inherits, with the classes that they belong
     * to. To import the classes takes seconds, so that is done once.
     */
    private static final Map<String, String> ENDPOINTS = new ClassFileImporter()
            .withImportOption(new ImportOption.DoNotIncludeTests()).importPackages("io.jenkins.plugins.armory").stream()
                    .filter(type -> !type.getModifiers().contains(JavaModifier.ABSTRACT))
                    .collect(TreeMap::new, AccessJenkinsTest::addMethods, Map::putAll);

    private static void addMethods(Map<String, String> endpoints, JavaClass type) {
        String owner = type.getName().replaceFirst("\\$DescriptorImpl$", "");
        for (Method method : type.reflect().getMethods()) {
            if (method.getName().matches("do[A-Z].*")
                    && method.getDeclaringClass().getName().startsWith("io.jenkins.plugins.armory")) {
                String name = Introspector.decapitalize(method.getName().substring(2));
                endpoints.put(owner.replaceFirst(".*\\.", "") + "." + name, owner);
            }
        }
    }

    @Test
    void everyMethodThatStaplerGivesToWhoeverAsksIsInATable() {
        Set<String> known = new TreeSet<>(FORMS.keySet());
        known.addAll(Set.of("ArmoryRootAction.dynamic", "ArmoryBuildAction.dynamic"));

        assertThat(new TreeSet<>(ENDPOINTS.keySet())).isEqualTo(known);
    }

    @Test
    @SuppressWarnings("unchecked")
    void everyOperationOfTheOpenApiDocumentIsInTheTable() throws Exception {
        Set<String> documented = new TreeSet<>();
        try (Stream<Path> documents = Files.walk(Path.of("docs"))) {
            for (Path each :
                    documents.filter(file -> file.endsWith("openapi.yaml")).toList()) {
                Map<String, Map<String, Map<String, Object>>> whole = new Yaml().load(Files.readString(each));
                whole.get("paths")
                        .forEach((path, operations) -> operations.keySet().stream()
                                .filter(name -> name.matches("get|put|post|delete|options|head|patch|trace"))
                                .forEach(method -> documented.add(method.toUpperCase(Locale.ROOT) + " " + path)));
            }
        }

        Set<String> known = new TreeSet<>();
        API.stream().map(Row::operation).forEach(known::add);
        assertThat(known).isEqualTo(documented);
    }

    @Test
    void everyRouteIsInTheTable() {
        Set<Route> known = Stream.concat(API.stream(), PAGES_AND_THE_LIKE.stream())
                .filter(row -> row.path().startsWith("armory/"))
                .map(row -> Route.at(row.operation().replaceFirst("^\\w+ ", "").replace("{month}", "2026-12"))
                        .route())
                .collect(Collectors.toSet());

        assertThat(known)
                .containsExactlyInAnyOrderElementsOf(
                        Stream.concat(Route.all(), Stream.of(Route.NOTHING)).toList());
    }

    @Test
    void everyPageIsInTheTable() throws Exception {
        try (Stream<Path> views = Files.walk(Path.of("src/main/resources/io/jenkins/plugins/armory"))) {
            assertThat(views.filter(view -> view.endsWith("index.jelly"))
                            .map(view -> view.getParent().getFileName().toString()))
                    .containsExactlyInAnyOrder(
                            "ArmoryRootAction", "ArmoryBuildAction", "ApprovalInputs", "EnvironmentsPage");
        }
    }
}
