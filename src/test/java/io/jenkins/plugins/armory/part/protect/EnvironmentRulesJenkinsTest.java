package io.jenkins.plugins.armory.part.protect;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.cloudbees.hudson.plugins.folder.Folder;
import com.cloudbees.plugins.credentials.CredentialsScope;
import com.cloudbees.plugins.credentials.SystemCredentialsProvider;
import hudson.model.Cause;
import hudson.model.CauseAction;
import hudson.model.Item;
import hudson.model.Result;
import hudson.model.Run;
import hudson.model.StringParameterDefinition;
import hudson.model.StringParameterValue;
import hudson.security.AbstractPasswordBasedSecurityRealm;
import hudson.security.GroupDetails;
import hudson.security.Permission;
import hudson.triggers.TimerTrigger;
import hudson.util.Secret;
import io.jenkins.plugins.armory.TestCaller;
import io.jenkins.plugins.armory.approval.Approval;
import io.jenkins.plugins.armory.approval.TestEvents;
import io.jenkins.plugins.armory.config.ArmoryConfiguration;
import io.jenkins.plugins.armory.config.form.BodyTemplate;
import io.jenkins.plugins.armory.config.form.FolderWebhooks;
import io.jenkins.plugins.armory.config.form.ManualApproval;
import io.jenkins.plugins.armory.config.form.WebhookDefinition;
import io.jenkins.plugins.armory.environment.Environment;
import io.jenkins.plugins.armory.runtime.ArmoryRuntime;
import io.jenkins.plugins.armory.web.ArmoryPermissions;
import io.jenkins.plugins.casc.ConfigurationAsCode;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.URL;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import jenkins.branch.BranchSource;
import jenkins.model.Jenkins;
import jenkins.scm.impl.SingleSCMSource;
import mockwebserver3.MockResponse;
import mockwebserver3.MockWebServer;
import org.htmlunit.HttpMethod;
import org.htmlunit.WebRequest;
import org.htmlunit.WebResponse;
import org.htmlunit.util.NameValuePair;
import org.jenkinsci.plugins.pipeline.modeldefinition.actions.RestartDeclarativePipelineAction;
import org.jenkinsci.plugins.plaincredentials.impl.StringCredentialsImpl;
import org.jenkinsci.plugins.workflow.cps.CpsFlowDefinition;
import org.jenkinsci.plugins.workflow.cps.CpsFlowExecution;
import org.jenkinsci.plugins.workflow.cps.replay.ReplayAction;
import org.jenkinsci.plugins.workflow.job.WorkflowJob;
import org.jenkinsci.plugins.workflow.job.WorkflowRun;
import org.jenkinsci.plugins.workflow.multibranch.WorkflowMultiBranchProject;
import org.jenkinsci.plugins.workflow.support.steps.input.InputAction;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.jvnet.hudson.test.JenkinsRule;
import org.jvnet.hudson.test.MockAuthorizationStrategy;
import org.jvnet.hudson.test.SingleFileSCM;
import org.jvnet.hudson.test.junit.jupiter.WithJenkins;
import org.springframework.security.authentication.BadCredentialsException;
import org.springframework.security.core.userdetails.User;
import org.springframework.security.core.userdetails.UserDetails;

/** Tests of the rules of an environment: no author, folder or caller gets around them. */
@WithJenkins
class EnvironmentRulesJenkinsTest {

    private static final String DEPLOY = "armoryEnvironment('prod') { echo 'it is ' + 'deployed' }\n";
    private static final String DEPLOYED = "it is deployed";

    /** A function of a Pipeline that says whether it gets the secret. */
    private static final String READ = """
            def read() {
                try {
                    withCredentials([string(credentialsId: 'prod-token', variable: 'T')]) { echo 'it is ' + 'open' }
                } catch (e) { echo "closed: ${e.message}" }
            }
            """;

    private JenkinsRule j;
    private JenkinsRule.DummySecurityRealm realm;

    @BeforeEach
    void protect(JenkinsRule rule) {
        j = rule;
        realm = j.createDummySecurityRealm();
        realm.addGroups("olga", "ops");
        j.jenkins.setSecurityRealm(realm);
        j.jenkins.setAuthorizationStrategy(new MockAuthorizationStrategy()
                .grant(Jenkins.READ, Item.READ)
                .everywhere()
                .toEveryone()
                .grant(Jenkins.ADMINISTER)
                .everywhere()
                .to("admin"));
        ArmoryEnvironments.get().setEnvironments(List.of(prod("**", people("ops"))));
    }

    private static EnvironmentDefinition prod(String jobs, EnvironmentRule... before) {
        var environment = new EnvironmentDefinition("prod", jobs);
        environment.setBefore(List.of(before));
        return environment;
    }

    /** Stores the secret, and returns an environment that owns it and asks people. */
    private static EnvironmentDefinition owner(String jobs) throws Exception {
        SystemCredentialsProvider.getInstance()
                .getCredentials()
                .add(new StringCredentialsImpl(
                        CredentialsScope.SYSTEM, "prod-token", "", Secret.fromString("open-sesame")));
        EnvironmentDefinition prod = prod(jobs, people("ops"));
        prod.setCredentials(List.of("prod-token"));
        return prod;
    }

    private static EnvironmentRule people(String... submitters) {
        var people = new ManualApproval();
        people.setMessage("Release?");
        people.setSubmitters(List.of(submitters));
        var rule = new EnvironmentRule();
        rule.setManualApproval(people);
        return rule;
    }

    private static EnvironmentRule webhook(String name) {
        var rule = new EnvironmentRule();
        rule.setWebhook(name);
        return rule;
    }

    private static WebhookDefinition definition(String name, String address) throws Exception {
        var definition = new WebhookDefinition();
        definition.setName(name);
        definition.setUriTemplate(address);
        var body = new BodyTemplate();
        body.setInline("{\"uri\": \"{{armory.callbackUri}}\", \"token\": \"{{armory.callbackToken}}\"}");
        definition.setBodyTemplate(body);
        return definition;
    }

    private WorkflowJob job(String name, String script) throws Exception {
        WorkflowJob job = j.createProject(WorkflowJob.class, name);
        job.setDefinition(new CpsFlowDefinition(script, true));
        return job;
    }

    private static WorkflowRun started(WorkflowJob job) throws Exception {
        return job.scheduleBuild2(0).waitForStart();
    }

    /** Returns the rule that a build waits for. */
    private static Approval pending(WorkflowRun run) {
        return await().atMost(Duration.ofMinutes(2)) // several builds of branches may begin at once
                .until(
                        () -> ArmoryRuntime.get().approvalsOf(run).stream()
                                .filter(approval -> !approval.isDecided())
                                .findFirst()
                                .orElse(null),
                        approval -> approval != null);
    }

    private int decide(String user, Approval approval, String decision, String... form) throws Exception {
        return answer(user, approval, decision, form).getStatusCode();
    }

    private WebResponse answer(String user, Approval approval, String decision, String... form) throws Exception {
        JenkinsRule.WebClient client = j.createWebClient().withBasicApiToken(user);
        client.getOptions().setThrowExceptionOnFailingStatusCode(false);
        var request = new WebRequest(
                new URL(j.getURL(), "armory/approvals/" + approval.id() + "/" + decision), HttpMethod.POST);
        if (form.length > 0) {
            request.setRequestParameters(
                    List.of(new NameValuePair("decision", form[0]), new NameValuePair("reason", form[1])));
        }
        return client.getPage(request).getWebResponse();
    }

    private static void approve(WorkflowRun run) throws Exception {
        ArmoryRuntime.get().approvals().apply(pending(run).id(), TestEvents.approval("olga", ""));
    }

    private void assertDeployed(WorkflowRun run) throws Exception {
        j.assertBuildStatusSuccess(j.waitForCompletion(run));
        j.assertLogContains(DEPLOYED, run);
    }

    private void assertNotDeployed(WorkflowRun run) throws Exception {
        j.assertBuildStatus(Result.FAILURE, j.waitForCompletion(run));
        j.assertLogNotContains(DEPLOYED, run);
    }

    @Test
    void aReplayIsAskedForToo() throws Exception {
        WorkflowRun first = started(job("job", DEPLOY));
        approve(first);
        assertDeployed(first);

        WorkflowRun replayed = (WorkflowRun) first.getAction(ReplayAction.class)
                .run2("echo 'replayed'\n" + DEPLOY, Map.of())
                .getFuture()
                .waitForStart();

        assertThat(pending(replayed).isRule()).isTrue();
        j.assertLogNotContains(DEPLOYED, replayed);
        approve(replayed);
        assertDeployed(replayed);
    }

    @Test
    void aBuildThatAnotherStartsIsAskedForToo() throws Exception {
        WorkflowRun first = started(job("job", DEPLOY));
        approve(first);
        assertDeployed(first);

        WorkflowRun other = job("downstream", "def loaded = { " + DEPLOY + " }\nloaded()")
                .scheduleBuild2(0, new CauseAction(new Cause.UpstreamCause((Run<?, ?>) first)))
                .waitForStart();

        assertThat(pending(other).isRule()).isTrue();
        j.assertLogNotContains(DEPLOYED, other);
        approve(other);
        assertDeployed(other);
    }

    @Test
    void anotherEnvironmentOfTheSameBuildOpensNothing() throws Exception {
        var other = new EnvironmentDefinition("staging", "**");
        ArmoryEnvironments.get().setEnvironments(List.of(other, prod("**", people("ops"))));
        WorkflowRun run = started(job("job", "armoryEnvironment('staging') { }\n" + DEPLOY));

        assertThat(pending(run).environment()).isEqualTo("prod");
        j.assertLogNotContains(DEPLOYED, run);
        approve(run);
        assertDeployed(run);
    }

    @Test
    void aFolderDefinesNoWebhookInPlaceOfThatOfTheSettings() throws Exception {
        try (var good = new MockWebServer();
                var evil = new MockWebServer()) {
            good.enqueue(new MockResponse.Builder().code(202).build());
            good.start(InetAddress.getLoopbackAddress(), 0);
            evil.start(InetAddress.getLoopbackAddress(), 0);
            ArmoryConfiguration.get().setAllowedHosts(List.of("127.0.0.1", "localhost"));
            ArmoryConfiguration.get()
                    .setWebhooks(List.of(definition("ticket", good.url("/").toString())));
            ArmoryEnvironments.get().setEnvironments(List.of(prod("**", webhook("ticket"))));
            Folder folder = j.createProject(Folder.class, "team");
            var property = new FolderWebhooks();
            property.setWebhooks(List.of(definition("ticket", evil.url("/").toString())));
            folder.addProperty(property);
            WorkflowJob job = folder.createProject(WorkflowJob.class, "job");
            job.setDefinition(new CpsFlowDefinition(DEPLOY, true));
            WorkflowRun run = started(job);

            assertThat(good.takeRequest(30, TimeUnit.SECONDS)).isNotNull();
            assertThat(evil.getRequestCount()).isZero();
            ArmoryRuntime.get()
                    .approvals()
                    .apply(pending(run).id(), TestEvents.callback(true, "fine", "callback token"));
            assertDeployed(run);
        }
    }

    @Test
    void aFolderGrantsNobodyWhatTheRuleNeeds() throws Exception {
        Folder folder = j.createProject(Folder.class, "team");
        WorkflowJob job = folder.createProject(WorkflowJob.class, "job");
        job.setDefinition(new CpsFlowDefinition(DEPLOY, true));
        Permission[] all = {Item.CONFIGURE, ArmoryPermissions.APPROVE, ArmoryPermissions.OVERRIDE};
        j.jenkins.setAuthorizationStrategy(((MockAuthorizationStrategy) j.jenkins.getAuthorizationStrategy())
                .grant(all)
                .onItems(folder, job)
                .to("author")
                .grant(ArmoryPermissions.OVERRIDE)
                .onRoot()
                .to("chief"));
        WorkflowRun run = started(job);
        Approval rule = pending(run);

        assertThat(decide("author", rule, "approve")).isEqualTo(403);
        WebResponse refused = answer("author", rule, "override", "approve", "mine");
        assertThat(refused.getStatusCode()).isEqualTo(403);
        assertThat(refused.getContentAsString())
                .contains("You need the permission Armory/Override on Jenkins itself, since this is a rule of the"
                        + " environment prod.");
        assertThat(pending(run)).isEqualTo(rule);
        assertThat(decide("chief", rule, "override", "approve", "hotfix")).isEqualTo(200);
        assertDeployed(run);
    }

    @Test
    void aUserWhoseIdIsTheNameOfAGroupIsNoneOfTheGroup() throws Exception {
        WorkflowRun run = started(job("job", DEPLOY));
        Approval rule = pending(run);

        assertThat(decide("ops", rule, "approve")).isEqualTo(403);
        assertThat(decide("olga", rule, "approve")).isEqualTo(200);
        assertDeployed(run);
    }

    /** It is asked for again every three seconds. */
    @Test
    void thePageAsksTheSecurityRealmForAGroupOnce() throws Exception {
        pending(started(job("one", DEPLOY)));
        pending(started(job("other", DEPLOY)));
        var directory = new Directory();
        j.jenkins.setSecurityRealm(directory);
        JenkinsRule.WebClient client = j.createWebClient().withBasicApiToken("ops");

        assertThat(client.goTo("armory/api/json", "application/json")
                        .getWebResponse()
                        .getContentAsString())
                .contains("job/one/1/", "job/other/1/");

        assertThat(directory.asked).hasValue(1);
    }

    /** A security realm that counts how often the user "ops" has it look for the group of that name. */
    private static final class Directory extends AbstractPasswordBasedSecurityRealm {

        private final transient AtomicInteger asked = new AtomicInteger();

        @Override
        protected UserDetails authenticate2(String username, String password) {
            throw new BadCredentialsException(username);
        }

        @Override
        public UserDetails loadUserByUsername2(String username) {
            return new User(username, "", List.of());
        }

        @Override
        public GroupDetails loadGroupByGroupname2(String groupname, boolean fetchMembers) {
            if (Jenkins.getAuthentication2().getName().equals("ops")) {
                asked.incrementAndGet();
            }
            return new GroupDetails() {
                @Override
                public String getName() {
                    return groupname;
                }
            };
        }
    }

    @Test
    void aSecretThatPipelinesCanReadDecidesNoRule() throws Exception {
        SystemCredentialsProvider.getInstance()
                .getCredentials()
                .add(new StringCredentialsImpl(
                        CredentialsScope.GLOBAL, "global", "", Secret.fromString("readable-secret-of-all")));
        SystemCredentialsProvider.getInstance()
                .getCredentials()
                .add(new StringCredentialsImpl(
                        CredentialsScope.SYSTEM, "system", "", Secret.fromString("secret-of-jenkins-alone")));
        try (var server = new MockWebServer()) {
            server.enqueue(new MockResponse.Builder().code(202).build());
            server.start(InetAddress.getLoopbackAddress(), 0);
            ArmoryConfiguration settings = ArmoryConfiguration.get();
            settings.setAllowedHosts(List.of("127.0.0.1", "localhost"));
            settings.setCallbackCredentialsId("global");
            settings.setWebhooks(List.of(definition("ticket", server.url("/").toString())));
            ArmoryEnvironments.get().setEnvironments(List.of(prod("**", webhook("ticket"))));
            WorkflowRun run = started(job("job", DEPLOY));
            Approval rule = pending(run);
            var caller = new TestCaller(j.getURL());
            String body = "{\"success\": true, \"mdMessage\": \"mine\"}";

            assertThat(caller.post(rule.id(), "readable-secret-of-all", body).statusCode())
                    .isEqualTo(403);
            settings.setCallbackCredentialsId("system");
            assertThat(caller.post(rule.id(), "secret-of-jenkins-alone", body).statusCode())
                    .isEqualTo(200);
            assertDeployed(run);
        }
    }

    @Test
    void theSecretTextOfTheSettingsIsEnoughForARuleIfPipelinesCannotReadIt() throws Exception {
        for (CredentialsScope scope : List.of(CredentialsScope.GLOBAL, CredentialsScope.SYSTEM)) {
            SystemCredentialsProvider.getInstance()
                    .getCredentials()
                    .add(new StringCredentialsImpl(
                            scope, scope.name(), "", Secret.fromString("a-long-secret-of-" + scope)));
        }
        try (var server = new MockWebServer()) {
            server.enqueue(new MockResponse.Builder().code(202).build());
            server.start(InetAddress.getLoopbackAddress(), 0);
            WebhookDefinition ticket = definition("ticket", server.url("/").toString());
            ticket.getBodyTemplate().setInline("{\"uri\": \"{{armory.callbackUri}}\"}");
            ArmoryConfiguration settings = ArmoryConfiguration.get();
            settings.setAllowedHosts(List.of("127.0.0.1", "localhost"));
            settings.setWebhooks(List.of(ticket));
            ArmoryEnvironments.get().setEnvironments(List.of(prod("**", webhook("ticket"))));
            settings.setCallbackCredentialsId("GLOBAL");
            WorkflowRun nobodys = started(job("nobodys", DEPLOY));
            assertNotDeployed(nobodys);
            j.assertLogContains("nobody could call back", nobodys);

            settings.setCallbackCredentialsId("SYSTEM");
            WorkflowRun run = started(job("job", DEPLOY));
            Approval rule = pending(run);

            assertThat(new TestCaller(j.getURL())
                            .post(rule.id(), "a-long-secret-of-SYSTEM", "{\"success\": true, \"mdMessage\": \"fine\"}")
                            .statusCode())
                    .isEqualTo(200);
            assertDeployed(run);
        }
    }

    @Test
    void theRulesAreThoseOfTheStartWhateverIsConfiguredAsCodeMeanwhile(@TempDir Path folder) throws Exception {
        WorkflowRun run = started(job("job", DEPLOY));
        Approval rule = pending(run);
        Path file = Files.writeString(
                folder.resolve("casc.yaml"),
                "unclassified: {armoryEnvironments: {environments: [{name: prod, jobs: '**'}]}}");
        ConfigurationAsCode.get().configure(file.toString());

        assertDeployed(started(job("later", DEPLOY)));
        assertThat(pending(run)).isEqualTo(rule);
        j.assertLogNotContains(DEPLOYED, run);
        approve(run);
        assertDeployed(run);
    }

    @Test
    void aTimersBuildIsAskedForToo() throws Exception {
        WorkflowRun run = job("job", DEPLOY)
                .scheduleBuild2(0, new CauseAction(new TimerTrigger.TimerTriggerCause()))
                .waitForStart();

        assertThat(pending(run).isRule()).isTrue();
        approve(run);
        assertDeployed(run);
    }

    @Test
    void aJobOutsideItsJobsFailsWhateverItIsCalledBefore() throws Exception {
        ArmoryEnvironments.get().setEnvironments(List.of(prod("shop/*/main", people("ops"))));
        Folder shop = j.createProject(Folder.class, "shop");
        Folder app = shop.createProject(Folder.class, "app");
        for (String name : List.of("PR-1", "main-2Fx", "mainline")) {
            WorkflowJob job = app.createProject(WorkflowJob.class, name);
            job.setDefinition(new CpsFlowDefinition(DEPLOY, true));
            WorkflowRun run = started(job);
            assertNotDeployed(run);
            j.assertLogContains("is not for the job \"shop/app/" + name + "\"", run);
        }
        WorkflowJob copy;
        try (InputStream config = Files.newInputStream(
                ((WorkflowJob) app.getItem("PR-1")).getConfigFile().getFile().toPath())) {
            copy = (WorkflowJob) app.createProjectFromXML("main", config);
        }
        WorkflowRun run = started(copy);
        assertThat(pending(run).isRule()).isTrue();
        approve(run);
        assertDeployed(run);
    }

    /** Scans a multibranch project, whose branches have one Jenkinsfile, and returns the first build of each. */
    private List<WorkflowRun> builtBranches(String... names) throws Exception {
        Folder shop = j.createProject(Folder.class, "shop");
        WorkflowMultiBranchProject app = shop.createProject(WorkflowMultiBranchProject.class, "app");
        var jenkinsfile = new SingleFileSCM("Jenkinsfile", READ + "read()\narmoryEnvironment('prod') { read() }");
        for (String name : names) {
            app.getSourcesList().add(new BranchSource(new SingleSCMSource(name, jenkinsfile)));
        }
        app.scheduleBuild2(0).getFuture().get();
        return app.getItems().stream()
                .map(branch -> await().until(() -> branch.getBuildByNumber(1), run -> run != null))
                .toList();
    }

    private void assertIsAskedAndGetsTheSecretBehindThat(WorkflowRun run) throws Exception {
        assertThat(pending(run).isRule()).isTrue();
        j.assertLogNotContains("it is open", run);
        approve(run);
        j.assertBuildStatusSuccess(j.waitForCompletion(run));
        j.assertLogContains("is not deploying to it", run);
        j.assertLogContains("it is open", run);
    }

    @Test
    void ofAMultibranchProjectOnlyTheBranchInItsJobsIsAsked() throws Exception {
        ArmoryEnvironments.get().setEnvironments(List.of(owner("shop/app/main")));

        List<WorkflowRun> runs = builtBranches("PR-1", "main/x", "main");

        assertThat(runs)
                .extracting(run -> run.getParent().getFullName())
                .containsExactlyInAnyOrder("shop/app/PR-1", "shop/app/main%2Fx", "shop/app/main");
        for (WorkflowRun run : runs) {
            String job = run.getParent().getFullName();
            if (job.equals("shop/app/main")) {
                assertIsAskedAndGetsTheSecretBehindThat(run);
            } else {
                j.assertBuildStatus(Result.FAILURE, j.waitForCompletion(run));
                j.assertLogContains("closed: Could not find credentials", run);
                j.assertLogContains("is not for the job \"" + job + "\"", run);
                j.assertLogNotContains("it is open", run);
                assertThat(ArmoryRuntime.get().approvalsOf(run)).isEmpty();
            }
        }
    }

    @Test
    void aPatternOfAllBelowAFolderHasEveryBranchAndPullRequestInIt() throws Exception {
        ArmoryEnvironments.get().setEnvironments(List.of(owner("shop/**")));

        List<WorkflowRun> runs = builtBranches("PR-1", "main/x", "main");

        assertThat(runs).hasSize(3);
        for (WorkflowRun run : runs) {
            assertIsAskedAndGetsTheSecretBehindThat(run);
        }
    }

    /** A parameter of another plugin, which was changed under a running Jenkins. */
    @Test
    void anEnvironmentWhoseRulesCannotBeReadIsClosed() throws Exception {
        EnvironmentRule rule = people("ops");
        ArmoryEnvironments.get().setEnvironments(List.of(prod("**", rule)));
        rule.getManualApproval().setParameters(List.of(new StringParameterDefinition("version", "1") {
            private static final long serialVersionUID = 1L;

            @Override
            public StringParameterValue getDefaultParameterValue() {
                throw new NoSuchMethodError("of another version");
            }
        }));

        WorkflowRun run = started(
                job("job", "catchError { " + DEPLOY + "}\narmoryEnvironment('docs') { echo 'never ' + 'published' }"));

        assertNotDeployed(run);
        j.assertLogNotContains("never published", run);
        j.assertLogContains("of another version", run);
    }

    /** What a build took over from the one that it was restarted from does not count as its own. */
    @Test
    void aRestartFromAStageIsAskedAgain() throws Exception {
        EnvironmentDefinition prod = owner("**");
        ArmoryEnvironments.get().setEnvironments(List.of(prod));
        WorkflowRun original = started(job("job", READ + """
                pipeline {
                    agent none
                    stages {
                        stage('prod') {
                            steps { catchError { armoryEnvironment('prod') { error 'broken' } } }
                        }
                        stage('back') {
                            steps {
                                script {
                                    if (currentBuild.number == 1) { error 'stopped' }
                                    armoryRollback('prod') { read() }
                                }
                            }
                        }
                    }
                }
                """));
        approve(original);
        j.assertBuildStatus(Result.FAILURE, j.waitForCompletion(original));

        original.getAction(RestartDeclarativePipelineAction.class).run("prod");
        WorkflowRun again = await().until(() -> original.getParent().getBuildByNumber(2), each -> each != null);
        assertThat(pending(again).isRule()).isTrue();
        again.doStop();
        j.waitForCompletion(again);

        original.getAction(RestartDeclarativePipelineAction.class).run("back");
        WorkflowRun behind = await().until(() -> original.getParent().getBuildByNumber(3), each -> each != null);
        j.waitForCompletion(behind);
        j.assertLogNotContains("it is open", behind);
    }

    /** Whoever can rename a job gets nothing of an entry whose rules it has not met. */
    @Test
    void aJobThatIsRenamedMeanwhileDoesNotGetWhatAnotherEntryOwns() throws Exception {
        EnvironmentDefinition strict = owner("strict");
        ArmoryEnvironments.get().setEnvironments(List.of(prod("loose"), strict));
        WorkflowJob job = job("loose", """
                armoryEnvironment('prod') {
                    input id: 'Hold', message: 'Hold'
                    withCredentials([string(credentialsId: 'prod-token', variable: 'T')]) { echo 'it is ' + 'open' }
                }
                """);
        WorkflowRun run = started(job);
        await().until(() -> run.getAction(InputAction.class) != null
                && run.getAction(InputAction.class).getExecution("Hold") != null);
        ((CpsFlowExecution) run.getExecution()).waitForSuspension(); // its program is saved in the folder
        job.renameTo("strict");
        run.getAction(InputAction.class).getExecution("Hold").proceed(null);

        j.assertBuildStatus(Result.FAILURE, j.waitForCompletion(run));
        j.assertLogNotContains("it is open", run);
        assertThat(ArmoryRuntime.get()
                        .deployments()
                        .of(run)
                        .newest()
                        .find("prod")
                        .orElseThrow()
                        .state())
                .isEqualTo(Environment.State.FAILED);
    }
}
