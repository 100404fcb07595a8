package io.jenkins.plugins.armory.part.protect;

import static io.jenkins.plugins.armory.Forms.assertOk;
import static io.jenkins.plugins.armory.Forms.assertWarning;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.cloudbees.hudson.plugins.folder.Folder;
import com.cloudbees.jenkins.plugins.sshcredentials.SSHUserPrivateKey;
import com.cloudbees.jenkins.plugins.sshcredentials.impl.BasicSSHUserPrivateKey;
import com.cloudbees.plugins.credentials.Credentials;
import com.cloudbees.plugins.credentials.CredentialsNameProvider;
import com.cloudbees.plugins.credentials.CredentialsParameterDefinition;
import com.cloudbees.plugins.credentials.CredentialsProvider;
import com.cloudbees.plugins.credentials.CredentialsScope;
import com.cloudbees.plugins.credentials.SecretBytes;
import com.cloudbees.plugins.credentials.SystemCredentialsProvider;
import com.cloudbees.plugins.credentials.common.IdCredentials;
import com.cloudbees.plugins.credentials.common.StandardCertificateCredentials;
import com.cloudbees.plugins.credentials.common.StandardCredentials;
import com.cloudbees.plugins.credentials.common.StandardListBoxModel;
import com.cloudbees.plugins.credentials.common.StandardUsernamePasswordCredentials;
import com.cloudbees.plugins.credentials.domains.Domain;
import com.cloudbees.plugins.credentials.domains.DomainRequirement;
import com.cloudbees.plugins.credentials.impl.BaseStandardCredentials;
import com.cloudbees.plugins.credentials.impl.CertificateCredentialsImpl;
import com.cloudbees.plugins.credentials.impl.UsernamePasswordCredentialsImpl;
import hudson.ExtensionList;
import hudson.matrix.AxisList;
import hudson.matrix.MatrixProject;
import hudson.matrix.MatrixRun;
import hudson.matrix.TextAxis;
import hudson.model.Descriptor;
import hudson.model.FreeStyleBuild;
import hudson.model.FreeStyleProject;
import hudson.model.Item;
import hudson.model.ItemGroup;
import hudson.model.Items;
import hudson.model.ParametersDefinitionProperty;
import hudson.model.Result;
import hudson.model.User;
import hudson.security.ACL;
import hudson.security.ACLContext;
import hudson.slaves.DumbSlave;
import hudson.util.Secret;
import io.jenkins.plugins.armory.TestCaller;
import io.jenkins.plugins.armory.approval.TestEvents;
import io.jenkins.plugins.armory.config.ArmoryConfiguration;
import io.jenkins.plugins.armory.config.form.ManualApproval;
import io.jenkins.plugins.armory.config.form.SecretTexts;
import io.jenkins.plugins.armory.runtime.ArmoryRuntime;
import io.jenkins.plugins.armory.web.SettingsWarnings;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.ObjectInputStream;
import java.io.ObjectOutputStream;
import java.io.ObjectStreamClass;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import jenkins.model.Jenkins;
import jenkins.security.MasterToSlaveCallable;
import mockwebserver3.MockResponse;
import mockwebserver3.MockWebServer;
import mockwebserver3.RecordedRequest;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.jenkinsci.plugins.credentialsbinding.impl.SecretBuildWrapper;
import org.jenkinsci.plugins.credentialsbinding.impl.StringBinding;
import org.jenkinsci.plugins.plaincredentials.FileCredentials;
import org.jenkinsci.plugins.plaincredentials.StringCredentials;
import org.jenkinsci.plugins.plaincredentials.impl.FileCredentialsImpl;
import org.jenkinsci.plugins.plaincredentials.impl.StringCredentialsImpl;
import org.jenkinsci.plugins.workflow.cps.CpsFlowDefinition;
import org.jenkinsci.plugins.workflow.cps.CpsFlowExecution;
import org.jenkinsci.plugins.workflow.job.WorkflowJob;
import org.jenkinsci.plugins.workflow.job.WorkflowRun;
import org.jenkinsci.plugins.workflow.support.steps.input.InputAction;
import org.jenkinsci.plugins.workflow.support.steps.input.InputStepExecution;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.jvnet.hudson.test.JenkinsRule;
import org.jvnet.hudson.test.MockAuthorizationStrategy;
import org.jvnet.hudson.test.TestExtension;
import org.jvnet.hudson.test.junit.jupiter.JenkinsSessionExtension;
import org.springframework.security.core.Authentication;

/** Tests of who gets the secret of an environment's credential, and when. */
class EnvironmentCredentialsJenkinsTest {

    private static final String SECRET = "open-sesame-4711-of-prod";

    /** A function of a Pipeline that says whether it gets the secret. */
    private static final String READ = """
            def read(String where) {
                try {
                    withCredentials([string(credentialsId: 'prod-token', variable: 'T')]) {
                        echo "${where}: ${T == 'open-' + 'sesame-4711-of-prod' ? 'open' : 'another'}"
                    }
                } catch (e) {
                    echo "${where}: closed, ${e.message}"
                }
            }
            """;

    @RegisterExtension
    private final JenkinsSessionExtension sessions = new JenkinsSessionExtension();

    private static void store(Credentials credentials) throws IOException {
        SystemCredentialsProvider.getInstance().getCredentials().add(credentials);
        SystemCredentialsProvider.getInstance().save();
    }

    private static StringCredentialsImpl secretText(CredentialsScope scope, String id, String secret)
            throws Descriptor.FormException {
        return new StringCredentialsImpl(scope, id, "of " + id, Secret.fromString(secret));
    }

    private static EnvironmentDefinition environment(String name, String jobs, String... credentials) {
        var environment = new EnvironmentDefinition(name, jobs);
        environment.setCredentials(List.of(credentials));
        return environment;
    }

    /** Stores the secret, and lets the environment "prod" own it. */
    private static void protect(String jobs) throws Exception {
        store(secretText(CredentialsScope.SYSTEM, "prod-token", SECRET));
        ArmoryEnvironments.get().setEnvironments(List.of(environment("prod", jobs, "prod-token")));
    }

    private static WorkflowJob job(JenkinsRule j, String name, String script) throws Exception {
        WorkflowJob job = j.createProject(WorkflowJob.class, name);
        job.setDefinition(new CpsFlowDefinition(READ + script, true));
        return job;
    }

    private static String logOf(JenkinsRule j, String script) throws Exception {
        return logOf(j, job(j, "job", script));
    }

    private static String logOf(JenkinsRule j, WorkflowJob job) throws Exception {
        WorkflowRun run = j.waitForCompletion(job.scheduleBuild2(0).waitForStart());
        return JenkinsRule.getLog(run);
    }

    private static InputStepExecution awaitInput(WorkflowRun run) throws Exception {
        await().until(() -> run.getAction(InputAction.class) != null
                && run.getAction(InputAction.class).getExecution("Hold") != null);
        return run.getAction(InputAction.class).getExecution("Hold");
    }

    private static StringCredentials find(WorkflowRun run) {
        return CredentialsProvider.findCredentialById("prod-token", StringCredentials.class, run);
    }

    private static void assertClosed(ThrowingCallable reads, String... why) {
        assertThatThrownBy(reads)
                .isInstanceOf(IllegalArgumentException.class)
                .message()
                .contains("\"prod-token\"")
                .satisfies(message -> assertThat(List.of(why)).allMatch(message::contains))
                .doesNotContain(SECRET);
    }

    @Test
    void theSecretIsThereWhileTheBuildIsDeploying() throws Throwable {
        sessions.then(j -> {
            protect("job");

            assertThat(logOf(j, """
                            read 'before'
                            parallel a: { echo 'nothing' }, b: { read 'beside' }
                            armoryEnvironment('prod') {
                                read 'inside'
                                try { error 'broken' } catch (e) { read 'caught inside' }
                                parallel a: { read 'branch' }
                            }
                            read 'after'
                            withCredentials([string(credentialsId: 'prod-token', variable: 'T')]) {
                                armoryEnvironment('prod') { echo 'never' }
                            }
                            """))
                    .contains(
                            "before: closed, credential \"prod-token\" is given out only for an environment of Jenkins's settings,"
                                    + " \"prod\", and job #1 is not deploying to it. Put what reads it into"
                                    + " armoryEnvironment('prod') { }",
                            "beside: closed",
                            "inside: open",
                            "caught inside: open",
                            "branch: open",
                            "after: closed",
                            "job #1 is not deploying to it: there it is COMPLETE",
                            "\nERROR: credential \"prod-token\" is given out only",
                            "Finished: FAILURE")
                    .doesNotContain(SECRET, "never", "\tat ");
        });
    }

    @Test
    void aDeclarativeStageHasItInItsEnvironmentAndNoPostHasIt() throws Throwable {
        sessions.then(j -> {
            protect("job");

            assertThat(logOf(j, """
                            pipeline {
                                agent none
                                stages {
                                    stage('prod') {
                                        options { armoryEnvironment('prod') }
                                        environment { TOKEN = credentials('prod-token') }
                                        steps { echo "stage: ${TOKEN == 'open-' + 'sesame-4711-of-prod'}"; script { read 'steps' } }
                                        post { always { script { read 'post of the stage' } } }
                                    }
                                }
                                post { always { script { read 'post' } } }
                            }
                            """))
                    .contains("stage: true", "steps: open", "post: closed")
                    .doesNotContain(SECRET);
        });
    }

    @Test
    void aJobThatIsNoPipelineNeverHasIt() throws Throwable {
        sessions.then(j -> {
            protect("**");
            var binding = new SecretBuildWrapper(List.of(new StringBinding("T", "prod-token")));
            FreeStyleProject free = j.createFreeStyleProject("free");
            free.getBuildWrappersList().add(binding);

            FreeStyleBuild build = free.scheduleBuild2(0).get();

            j.assertBuildStatus(Result.FAILURE, build);
            j.assertLogContains("free #1 is not deploying to it", build);

            MatrixProject matrix = j.createProject(MatrixProject.class, "matrix");
            matrix.setAxes(new AxisList(new TextAxis("A", "1")));
            matrix.getBuildWrappersList().add(binding);

            MatrixRun cell = matrix.scheduleBuild2(0).get().getExactRuns().get(0);

            j.assertBuildStatus(Result.FAILURE, cell);
            j.assertLogContains("#1 is not deploying to it", cell);
        });
    }

    @Test
    void theRollbackHasTheSecretAndNothingBesideIt() throws Throwable {
        sessions.then(j -> {
            protect("job");

            assertThat(logOf(j, """
                            try {
                                armoryEnvironment('prod') { error 'broken' }
                            } catch (e) {
                                read 'caught'
                            }
                            armoryRollback('prod') { read 'rollback' }
                            read 'behind'
                            """))
                    .contains("caught: closed", "there it is FAILED", "rollback: open", "behind: closed");
        });
    }

    @Test
    void aSecondDeploymentOrOneOfAnotherNameDoesNotOpenIt() throws Throwable {
        sessions.then(j -> {
            protect("job");

            assertThat(logOf(j, """
                            for (name in ['Prod', 'prod2', 'pr\\u043ed']) {
                                armoryEnvironment(name) { read name }
                            }
                            armoryEnvironment('prod') { }
                            try { armoryEnvironment('prod') { read 'second' } } catch (e) { echo 'no second' }
                            try { armoryRollback('prod') { read 'rollback' } } catch (e) { echo 'no rollback' }
                            """))
                    .contains("Prod: closed", "prod2: closed", "no second")
                    .doesNotContain(": open");
        });
    }

    /** Everything in the build has it from then on, as documented. */
    @Test
    void anotherBranchHasItOnlyWhileTheDeploymentRuns() throws Throwable {
        sessions.then(j -> {
            j.jenkins.setSecurityRealm(j.createDummySecurityRealm());
            var people = new ManualApproval();
            people.setSubmitters(List.of("alice"));
            var rule = new EnvironmentRule();
            rule.setManualApproval(people);
            store(secretText(CredentialsScope.SYSTEM, "prod-token", SECRET));
            EnvironmentDefinition prod = environment("prod", "job", "prod-token");
            prod.setBefore(List.of(rule));
            ArmoryEnvironments.get().setEnvironments(List.of(prod));
            WorkflowRun run = job(j, "job", """
                            parallel a: {
                                armoryEnvironment('prod') { echo 'deploying'; input id: 'Hold', message: 'Hold' }
                            }, b: {
                                input id: 'Pending', message: 'Pending'
                                read 'pending'
                                input id: 'Open', message: 'Open'
                                read 'beside'
                            }
                            """).scheduleBuild2(0).waitForStart();
            await().until(() -> ArmoryRuntime.get().approvals().pending().size() == 1);
            await().until(() -> run.getAction(InputAction.class) != null
                    && run.getAction(InputAction.class).getExecution("Pending") != null);

            run.getAction(InputAction.class).getExecution("Pending").proceed(null);
            j.waitForMessage("pending: closed", run);
            j.assertLogContains("AWAITING_RULES", run);

            String id =
                    ArmoryRuntime.get().approvals().pending().iterator().next().id();
            ArmoryRuntime.get().approvals().apply(id, TestEvents.approval("alice", ""));
            awaitInput(run);
            await().until(() -> run.getAction(InputAction.class).getExecution("Open") != null);
            run.getAction(InputAction.class).getExecution("Open").proceed(null);
            j.waitForMessage("beside: open", run);
            awaitInput(run).proceed(null);
            j.assertBuildStatusSuccess(j.waitForCompletion(run));
        });
    }

    @Test
    void eachKindOfCredentialIsBound() throws Throwable {
        sessions.then(j -> {
            var key = new BasicSSHUserPrivateKey(
                    CredentialsScope.SYSTEM,
                    "key",
                    "deployer",
                    new BasicSSHUserPrivateKey.DirectEntryPrivateKeySource("the-key"),
                    "the-passphrase",
                    "");
            var password =
                    new UsernamePasswordCredentialsImpl(CredentialsScope.SYSTEM, "password", "", "alice", "pass-word");
            var hidden =
                    new UsernamePasswordCredentialsImpl(CredentialsScope.SYSTEM, "hidden", "", "bob-4711", "pass-word");
            hidden.setUsernameSecret(true);
            for (Credentials each : List.of(
                    key,
                    password,
                    hidden,
                    new FileCredentialsImpl(
                            CredentialsScope.SYSTEM,
                            "file",
                            "",
                            "a.txt",
                            SecretBytes.fromBytes("the-file".getBytes(StandardCharsets.UTF_8))),
                    certificate("certificate"))) {
                store(each);
            }
            String[] ids = {"key", "password", "hidden", "file", "certificate"};
            ArmoryEnvironments.get().setEnvironments(List.of(environment("prod", "job", ids)));

            WorkflowJob job = job(j, "job", """
                    def bind(String where) {
                        [key: { withCredentials([sshUserPrivateKey(credentialsId: 'key', keyFileVariable: 'F', usernameVariable: 'U', passphraseVariable: 'P')]) {
                            echo "${where}: key ${U == 'deployer' && readFile(F).trim() == 'the-' + 'key' && P == 'the-' + 'passphrase'}" } },
                         password: { withCredentials([usernamePassword(credentialsId: 'password', usernameVariable: 'U', passwordVariable: 'P')]) {
                            echo "${where}: password ${U} ${P == 'pass-' + 'word'}" } },
                         hidden: { withCredentials([usernamePassword(credentialsId: 'hidden', usernameVariable: 'U', passwordVariable: 'P')]) {
                            echo "${where}: hidden ${U} ${U == 'bob-' + '4711'}" } },
                         file: { withCredentials([file(credentialsId: 'file', variable: 'F')]) {
                            echo "${where}: file ${readFile(F) == 'the-' + 'file'}" } },
                         certificate: { withCredentials([certificate(credentialsId: 'certificate', keystoreVariable: 'F', passwordVariable: 'P')]) {
                            echo "${where}: certificate ${fileExists(F) && P == 'change' + 'it'}" } }
                        ].each { name, reads ->
                            try { reads() } catch (e) { echo "${where}: ${name} closed, ${e.message}" }
                        }
                    }
                    node {
                        bind('before')
                        armoryEnvironment('prod') { bind('inside') }
                    }
                    """);
            assertThat(logOf(j, job))
                    .contains(
                            "before: key closed, credential \"key\"",
                            "before: password closed, credential \"password\"",
                            "before: hidden closed, credential \"hidden\"",
                            "before: file closed, credential \"file\"",
                            "before: certificate closed, credential \"certificate\"",
                            "inside: key true",
                            "inside: password alice true",
                            "inside: hidden **** true",
                            "inside: file true",
                            "inside: certificate true")
                    .doesNotContain("bob-4711", "the-key", "inside: key closed");

            assertThat(
                            CredentialsProvider.lookupCredentialsInItem(
                                            StandardCredentials.class, job, ACL.SYSTEM2, List.of())
                                    .stream()
                                    .map(CredentialsNameProvider::name))
                    .containsExactlyInAnyOrder(ids);
            WorkflowRun over = job.getLastBuild();
            assertThatThrownBy(() -> find(SSHUserPrivateKey.class, "key", over).getPrivateKeys());
            assertThatThrownBy(() -> find(SSHUserPrivateKey.class, "key", over).getPassphrase());
            assertThat(find(SSHUserPrivateKey.class, "key", over).getUsername()).isEqualTo("deployer");
            assertThat(find(StandardUsernamePasswordCredentials.class, "password", over)
                            .getUsername())
                    .isEqualTo("alice");
            assertThatThrownBy(() -> find(StandardUsernamePasswordCredentials.class, "hidden", over)
                    .getUsername());
            assertThatThrownBy(() -> find(FileCredentials.class, "file", over).getContent());
            assertThat(find(FileCredentials.class, "file", over).getFileName()).isEqualTo("a.txt");
            assertThatThrownBy(() -> find(StandardCertificateCredentials.class, "certificate", over)
                    .getKeyStore());
            assertThatThrownBy(() -> find(StandardCertificateCredentials.class, "certificate", over)
                    .getPassword());
            assertThat(find(StandardCertificateCredentials.class, "certificate", over)
                            .getDescriptor())
                    .isInstanceOf(CertificateCredentialsImpl.DescriptorImpl.class);
        });
    }

    private static <C extends IdCredentials> C find(Class<C> type, String id, WorkflowRun run) {
        return CredentialsProvider.findCredentialById(id, type, run);
    }

    private static CertificateCredentialsImpl certificate(String id) throws Exception {
        Path file = Files.createTempFile("certificate", ".p12");
        Files.delete(file);
        Process keytool = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "keytool")
                                .toString(),
                        "-genkeypair",
                        "-alias",
                        "key",
                        "-keyalg",
                        "EC",
                        "-dname",
                        "CN=deployer",
                        "-storetype",
                        "PKCS12",
                        "-keystore",
                        file.toString(),
                        "-storepass",
                        "changeit")
                .inheritIO()
                .start();
        assertThat(keytool.waitFor()).isZero();
        try {
            return new CertificateCredentialsImpl(
                    CredentialsScope.SYSTEM,
                    id,
                    "",
                    "changeit",
                    new CertificateCredentialsImpl.UploadedKeyStoreSource(
                            null, SecretBytes.fromRawBytes(Files.readAllBytes(file))));
        } finally {
            Files.delete(file);
        }
    }

    /** A kind that no environment may own. */
    public static final class Other extends BaseStandardCredentials {
        private static final long serialVersionUID = 1L;

        Other(CredentialsScope scope, String id) {
            super(scope, id, "");
        }
    }

    /** A provider of another plugin, which has a credential of an id that an environment owns. */
    @TestExtension("aCredentialThatOthersCouldGetIsRefused")
    public static final class Elsewhere extends CredentialsProvider {

        @Override
        public String getDisplayName() {
            return "Elsewhere";
        }

        @Override
        public <C extends Credentials> List<C> getCredentialsInItemGroup(
                Class<C> type, ItemGroup group, Authentication authentication, List<DomainRequirement> requirements) {
            try {
                return Stream.of(secretText(CredentialsScope.GLOBAL, "doubled", "elsewhere"))
                        .filter(type::isInstance)
                        .map(type::cast)
                        .toList();
            } catch (Descriptor.FormException x) {
                throw new AssertionError(x);
            }
        }
    }

    @Test
    void aCredentialThatOthersCouldGetIsRefused() throws Throwable {
        sessions.then(j -> {
            store(secretText(CredentialsScope.GLOBAL, "global", "s"));
            store(new Other(CredentialsScope.SYSTEM, "other"));
            store(secretText(CredentialsScope.SYSTEM, "doubled", "s"));
            store(secretText(CredentialsScope.SYSTEM, "good", "s"));
            String[] ids = {"global", "other", "missing", "doubled", "good"};
            EnvironmentDefinition prod = environment("prod", "job", ids);
            ArmoryEnvironments.get().setEnvironments(List.of(prod));

            String log = logOf(j, """
                    armoryEnvironment('prod') {
                        for (id in ['global', 'missing', 'doubled', 'good']) {
                            try {
                                withCredentials([string(credentialsId: id, variable: 'T')]) { echo "${id}: open" }
                            } catch (e) {
                                echo e.message
                            }
                        }
                    }
                    """);
            assertThat(log)
                    .contains(
                            "credential \"global\" is not of the scope System",
                            "there is no credential \"missing\" in Jenkins itself",
                            "credential \"doubled\" is offered by Elsewhere too",
                            "good: open")
                    .doesNotContain("global: open", "doubled: open");
            assertThat(SettingsWarnings.warnings())
                    .hasSize(4)
                    .allMatch(each -> each.contains("environments[0].credentials"))
                    .anyMatch(each -> each.contains("credential \"other\" is of a kind that no environment can own"));
            var descriptor = (EnvironmentDefinition.DescriptorImpl) prod.getDescriptor();
            assertOk(descriptor.doCheckCredentials("good"));
            assertOk(descriptor.doCheckCredentials(""));
            for (String wrong : List.of("global", "other", "missing", "doubled", "good\nmissing")) {
                assertWarning(descriptor.doCheckCredentials(wrong));
            }
        });
    }

    @Test
    void noCredentialOfAFolderOrAUserTakesItsPlace() throws Throwable {
        sessions.then(j -> {
            j.jenkins.setSecurityRealm(j.createDummySecurityRealm());
            Folder folder = j.createProject(Folder.class, "shop");
            protect("shop/job");
            storeIn(folder, secretText(CredentialsScope.GLOBAL, "prod-token", "of the folder"));
            WorkflowJob job = folder.createProject(WorkflowJob.class, "job");
            job.setDefinition(
                    new CpsFlowDefinition(READ + "read 'before'\narmoryEnvironment('prod') { read 'inside' }", true));

            assertThat(logOf(j, job))
                    .contains("before: closed", "inside: closed", "credential \"prod-token\" is offered by")
                    .doesNotContain("another");

            WorkflowJob outside = folder.createProject(WorkflowJob.class, "outside");
            outside.setDefinition(new CpsFlowDefinition(READ + "read 'outside'", true));
            assertThat(logOf(j, outside)).contains("outside: another");

            User bob = User.getById("bob", true);
            try (ACLContext ignored = ACL.as2(bob.impersonate2())) {
                storeIn(bob, secretText(CredentialsScope.USER, "prod-token", "of bob"));
                assertThat(CredentialsProvider.lookupCredentialsInItem(
                                StringCredentials.class, job, bob.impersonate2(), List.of()))
                        .hasSize(1)
                        .allMatch(each -> each instanceof ClosedSecretText);
            }
        });
    }

    private static void storeIn(Object place, Credentials credentials) throws IOException {
        var stores = (place instanceof User user)
                ? CredentialsProvider.lookupStores(user)
                : CredentialsProvider.lookupStores((Folder) place);
        for (var each : stores) {
            if (each.getContext() == place) {
                each.addCredentials(Domain.global(), credentials);
                return;
            }
        }
        throw new AssertionError("no store in " + place);
    }

    @Test
    void anotherTypeOfTheIdIsRefused() throws Throwable {
        sessions.then(j -> {
            Folder folder = j.createProject(Folder.class, "shop");
            protect("shop/job");
            storeIn(
                    folder,
                    new UsernamePasswordCredentialsImpl(
                            CredentialsScope.GLOBAL, "prod-token", "", "alice", "of the folder"));
            WorkflowJob job = folder.createProject(WorkflowJob.class, "job");
            job.setDefinition(new CpsFlowDefinition("""
                    armoryEnvironment('prod') {
                        input id: 'Hold', message: 'Hold'
                        withCredentials([usernamePassword(credentialsId: 'prod-token', usernameVariable: 'U', passwordVariable: 'P')]) { }
                    }
                    """, true));
            WorkflowRun run = job.scheduleBuild2(0).waitForStart();
            InputStepExecution hold = awaitInput(run);

            StandardUsernamePasswordCredentials found = CredentialsProvider.findCredentialById(
                    "prod-token", StandardUsernamePasswordCredentials.class, run);
            assertThat(found).isInstanceOf(ClosedPassword.class);
            assertClosed(found::getPassword);
            assertClosed(found::getUsername);
            assertThat(found.getDescriptor()).isInstanceOf(StringCredentialsImpl.DescriptorImpl.class);
            hold.proceed(null);
            j.assertBuildStatus(Result.FAILURE, j.waitForCompletion(run));
            j.assertLogContains("is of type 'Secret text'", run);
        });
    }

    @Test
    void onlyTheBuildThatDeploysHasItAndOnlyMeanwhile() throws Throwable {
        sessions.then(j -> {
            protect("job");
            WorkflowJob job = job(j, "job", "armoryEnvironment('prod') { input id: 'Hold', message: 'Hold' }");
            WorkflowRun deploying = job.scheduleBuild2(0).waitForStart();
            InputStepExecution hold = awaitInput(deploying);
            WorkflowJob waiting = job(j, "waiting", "input id: 'Hold', message: 'Hold'");
            WorkflowRun other = waiting.scheduleBuild2(0).waitForStart();
            awaitInput(other);
            StringCredentials kept = find(deploying);
            StringCredentials ofItem = CredentialsProvider.findCredentialByIdInItem(
                    "prod-token", StringCredentials.class, job, ACL.SYSTEM2, List.of());

            assertThat(kept.getSecret().getPlainText()).isEqualTo(SECRET);
            assertThat(find(other)).isNull();
            assertClosed(() -> ((StringCredentials) kept.forRun(other)).getSecret(), "none lists it for this job");
            assertClosed(ofItem::getSecret, "it is read without a build");
            assertThat(ofItem.getDescription()).isEqualTo("of prod-token");
            assertThat(CredentialsNameProvider.name(ofItem)).isEqualTo("prod-token (of prod-token)");
            assertThat(CredentialsProvider.lookupCredentialsInItemGroup(
                            StringCredentials.class, j.jenkins, ACL.SYSTEM2, List.of()))
                    .as("Jenkins itself")
                    .allMatch(each -> each instanceof StringCredentialsImpl);
            assertThat(SecretTexts.items(job, ""))
                    .anyMatch(
                            each -> each.value.equals("prod-token") && each.name.equals("prod-token (of prod-token)"));

            hold.proceed(null);
            j.waitForCompletion(deploying);
            assertClosed(kept::getSecret, "job #1 is not deploying to it");
            other.doKill();
        });
    }

    /** As an SCM does that scans or polls, and a form that lists what there is. */
    @Test
    void whoLooksItUpByTheJobAloneGetsNoSecretWhileItDeploysEither() throws Throwable {
        sessions.then(j -> {
            var login = new UsernamePasswordCredentialsImpl(
                    CredentialsScope.SYSTEM, "prod-token", "for Git", "bob-4711", SECRET);
            login.setUsernameSecret(true);
            store(login);
            ArmoryEnvironments.get().setEnvironments(List.of(environment("prod", "job", "prod-token")));
            WorkflowJob job = job(j, "job", "armoryEnvironment('prod') { input id: 'Hold', message: 'Hold' }");
            WorkflowRun run = job.scheduleBuild2(0).waitForStart();
            awaitInput(run);
            assertThat(find(StandardUsernamePasswordCredentials.class, "prod-token", run)
                            .getPassword()
                            .getPlainText())
                    .isEqualTo(SECRET);

            StandardUsernamePasswordCredentials ofItem = CredentialsProvider.findCredentialByIdInItem(
                    "prod-token", StandardUsernamePasswordCredentials.class, job, ACL.SYSTEM2, List.of());
            assertClosed(ofItem::getPassword, "\"prod\"", "it is read without a build");
            assertClosed(ofItem::getUsername, "\"prod\"", "it is read without a build");
            assertThat(new StandardListBoxModel()
                            .includeEmptyValue()
                            .includeAs(ACL.SYSTEM2, job, StandardUsernamePasswordCredentials.class)
                            .includeCurrentValue("prod-token"))
                    .extracting(option -> option.value + ": " + option.name)
                    .containsExactly(": - none -", "prod-token: prod-token (for Git)");
            run.doKill();
            j.waitForCompletion(run);
        });
    }

    @Test
    void theSettingsCountAsTheyAreNow() throws Throwable {
        sessions.then(j -> {
            protect("job");
            WorkflowJob job =
                    job(j, "job", "armoryEnvironment('prod') { input id: 'Hold', message: 'Hold'; read 'inside' }");
            WorkflowRun run = job.scheduleBuild2(0).waitForStart();
            InputStepExecution hold = awaitInput(run);
            StringCredentials kept = find(run);

            ArmoryEnvironments.get().setEnvironments(List.of(environment("prod", "job", "prod-token")));
            assertThat(kept.getSecret().getPlainText()).as("reloaded").isEqualTo(SECRET);
            for (List<EnvironmentDefinition> others : List.of(
                    List.<EnvironmentDefinition>of(),
                    List.of(environment("prod", "job")),
                    List.of(environment("prod", "other", "prod-token")),
                    List.of(environment("staging", "job", "prod-token"), environment("prod", "job")),
                    List.of(environment("prod", "job", "prod-token"), environment("prod", "j*", "prod-token")))) {
                ArmoryEnvironments.get().setEnvironments(others);
                assertClosed(kept::getSecret);
            }
            ArmoryEnvironments.get().setEnvironments(List.of(environment("prod", "job", "prod-token")));

            ((CpsFlowExecution) run.getExecution()).waitForSuspension(); // its program is saved in the folder
            job.renameTo("renamed");
            assertClosed(kept::getSecret);
            assertThat(find(run)).isNull();
            hold.proceed(null);
            j.waitForCompletion(run);
            j.assertLogContains("inside: closed, Could not find credentials", run);
        });
    }

    /** The name alone says too little: a job that was renamed leaves it to another. */
    @Test
    void aBuildOfTheSameNameIsAnotherBuild() throws Throwable {
        sessions.then(j -> {
            protect("job");
            String script =
                    "input id: 'Hold', message: 'Hold'\narmoryEnvironment('prod') { input id: 'Open', message: 'Open' }";
            WorkflowJob first = job(j, "job", script);
            WorkflowRun run = first.scheduleBuild2(0).waitForStart();
            awaitInput(run);
            StringCredentials kept = find(run);
            ((CpsFlowExecution) run.getExecution()).waitForSuspension(); // its program is saved in the folder
            first.renameTo("renamed");
            WorkflowRun later = job(j, "job", script).scheduleBuild2(0).waitForStart();
            awaitInput(later).proceed(null);
            await().until(() -> later.getAction(InputAction.class) != null
                    && later.getAction(InputAction.class).getExecution("Open") != null);

            assertThat(find(later).getSecret().getPlainText()).isEqualTo(SECRET);
            assertClosed(kept::getSecret, "that build is not there any more");
            run.doKill();
            later.doKill();
        });
    }

    @Test
    void aJobOutsideOfItsJobsDoesNotFindIt() throws Throwable {
        sessions.then(j -> {
            protect("shop/**");

            assertThat(logOf(j, "read 'outside'\narmoryEnvironment('prod') { read 'inside' }"))
                    .contains("outside: closed, Could not find credentials entry with ID 'prod-token'")
                    .doesNotContain("inside:");
        });
    }

    @Test
    void aParameterThatNamesItChangesNothing() throws Throwable {
        sessions.then(j -> {
            protect("job");
            WorkflowJob job = job(j, "job", """
                    def param(String where) {
                        try {
                            withCredentials([string(credentialsId: '${TOKEN}', variable: 'T')]) { echo "${where}: open" }
                        } catch (e) {
                            echo "${where}: closed, ${e.message}"
                        }
                    }
                    param 'before'
                    armoryEnvironment('prod') { param 'inside' }
                    param 'after'
                    """);
            job.addProperty(new ParametersDefinitionProperty(new CredentialsParameterDefinition(
                    "TOKEN", "", "prod-token", StringCredentials.class.getName(), true)));

            assertThat(logOf(j, job)).contains("before: closed", "inside: open", "after: closed");
        });
    }

    @Test
    void theSecretIsNowhereOnTheDiskAndThereAfterARestart() throws Throwable {
        sessions.then(j -> {
            protect("job");
            job(j, "job", """
                    armoryEnvironment('prod') {
                        read 'first'
                        withCredentials([string(credentialsId: 'prod-token', variable: 'T')]) {
                            input id: 'Hold', message: 'Hold'
                            read 'second'
                        }
                    }
                    read 'after'
                    """).scheduleBuild2(0).waitForStart();
            WorkflowRun run = run(j);
            awaitInput(run);
            j.waitForMessage("first: open", run);
            CredentialsProvider.track(run, find(run));
        });
        assertSecretIsNotOnDisk();
        sessions.then(j -> {
            awaitInput(run(j)).proceed(null);
            j.assertBuildStatusSuccess(j.waitForCompletion(run(j)));
            j.assertLogContains("second: open", run(j));
            j.assertLogContains("after: closed", run(j));
        });
        assertSecretIsNotOnDisk();
    }

    private static WorkflowRun run(JenkinsRule j) {
        return j.jenkins.getItemByFullName("job", WorkflowJob.class).getBuildByNumber(1);
    }

    private void assertSecretIsNotOnDisk() throws IOException {
        byte[] secret = SECRET.getBytes(StandardCharsets.UTF_8);
        var found = new ArrayList<Path>();
        try (Stream<Path> files = Files.walk(sessions.getHome().toPath())) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                if (Collections.indexOfSubList(list(Files.readAllBytes(file)), list(secret)) >= 0) {
                    found.add(file);
                }
            }
        }
        assertThat(found).isEmpty();
    }

    private static List<Byte> list(byte[] bytes) {
        var list = new ArrayList<Byte>(bytes.length);
        for (byte each : bytes) {
            list.add(each);
        }
        return list;
    }

    @Test
    void itIsMarshalledWithoutItsSecret() throws Throwable {
        sessions.then(j -> {
            protect("job");
            WorkflowRun run = job(j, "job", "armoryEnvironment('prod') { input id: 'Hold', message: 'Hold' }")
                    .scheduleBuild2(0)
                    .waitForStart();
            InputStepExecution hold = awaitInput(run);
            StringCredentials open = find(run);

            assertThat(Items.XSTREAM2.toXML(open))
                    .contains("prod-token", "job#1")
                    .doesNotContain(SECRET, "{AQAA");
            var bytes = new ByteArrayOutputStream();
            try (var out = new ObjectOutputStream(bytes)) {
                out.writeObject(open);
            }
            assertThat(bytes.toString(StandardCharsets.ISO_8859_1)).doesNotContain(SECRET);
            StringCredentials read;
            try (var in = new ObjectInputStream(new ByteArrayInputStream(bytes.toByteArray())) {
                @Override
                protected Class<?> resolveClass(ObjectStreamClass type) throws ClassNotFoundException {
                    return Class.forName(type.getName(), false, ClosedSecretText.class.getClassLoader());
                }
            }) {
                read = (StringCredentials) in.readObject();
            }
            assertThat(read.getSecret().getPlainText()).isEqualTo(SECRET);

            DumbSlave agent = j.createOnlineSlave();
            assertThat(agent.getChannel().call(new Reads(open))).isEqualTo(SECRET);
            StringCredentials closed = CredentialsProvider.findCredentialByIdInItem(
                    "prod-token", StringCredentials.class, run.getParent(), ACL.SYSTEM2, List.of());
            assertThatThrownBy(() -> agent.getChannel().call(new Reads(closed)))
                    .hasStackTraceContaining("it is read without a build");
            hold.proceed(null);
            j.waitForCompletion(run);
            assertThatThrownBy(() -> agent.getChannel().call(new Reads(open)))
                    .hasStackTraceContaining("job #1 is not deploying to it");
        });
    }

    private static final class Reads extends MasterToSlaveCallable<String, RuntimeException> {

        private static final long serialVersionUID = 1L;

        private final StringCredentials credentials;

        Reads(StringCredentials credentials) {
            this.credentials = credentials;
        }

        @Override
        public String call() {
            return credentials.getSecret().getPlainText();
        }
    }

    @Test
    void webhooksHaveItInTheEnvironmentAlone() throws Throwable {
        sessions.then(j -> {
            try (MockWebServer server = new MockWebServer()) {
                server.start(InetAddress.getByName("127.0.0.1"), 0);
                ArmoryConfiguration.get().setAllowedHosts(List.of("127.0.0.1"));
                for (int i = 0; i < 5; i++) {
                    server.enqueue(new MockResponse.Builder().code(200).build());
                }
                protect("job");
                String step = "armoryWebhookApproval(name: 'w', uriTemplate: '" + server.url("/start")
                        + "', disableCallback: true, headers: [[key: 'X', value: '{{secrets.prod-token}}']]";

                String log = logOf(
                        j,
                        "try { " + step + ") } catch (e) { echo \"closed: ${e.message}\" }\n"
                                + "try { " + step.replace("{{secrets.prod-token}}", "x")
                                + ", signWith: 'prod-token') } catch (e) { echo \"unsigned: ${e.message}\" }\n"
                                + "try { " + step.replace("{{secrets.prod-token}}", "x")
                                + ", clientCertificateId: 'prod-token') } catch (e) { echo \"no certificate: ${e.message}\" }\n"
                                + "try { armoryWebhookApproval(name: 'c', uriTemplate: '" + server.url("/start")
                                + "', callbackCredentialsId: 'prod-token') } catch (e) { echo \"no caller: ${e.message}\" }\n"
                                + "armoryEnvironment(name: 'prod', dependsOn: []) { " + step + ") }");

                assertThat(log)
                        .contains(
                                "closed: ",
                                "unsigned: ",
                                "no certificate: ",
                                "no caller: callbackCredentialsId: credential")
                        .contains("is given out only for an environment of Jenkins's settings, \"prod\"")
                        .doesNotContain(SECRET);
                RecordedRequest only = server.takeRequest(60, TimeUnit.SECONDS);
                assertThat(only.getHeaders().get("X")).isEqualTo(SECRET);
                assertThat(server.getRequestCount()).isEqualTo(1);
            }
        });
    }

    /** The file is checked before the environment begins. */
    @Test
    void webhooksOfADeploymentFileHaveIt() throws Throwable {
        sessions.then(j -> {
            try (MockWebServer server = new MockWebServer()) {
                server.start(InetAddress.getByName("127.0.0.1"), 0);
                ArmoryConfiguration.get().setAllowedHosts(List.of("127.0.0.1"));
                server.enqueue(new MockResponse.Builder().code(200).build());
                protect("job");

                logOf(j, """
                        armoryDeployment(config: '''
                        version: v1
                        kind: kubernetes
                        application: shop
                        targets: {prod: {account: cluster, strategy: s}}
                        strategies: {s: {canary: {steps: [{runWebhook: {name: w}}]}}}
                        webhooks:
                          - {name: w, method: POST, uriTemplate: "%s", disableCallback: true,
                             headers: [{key: X, value: "{{secrets.prod-token}}"}]}
                        ''') { echo 'done' }
                        """.formatted(server.url("/start")));

                RecordedRequest only = server.takeRequest(60, TimeUnit.SECONDS);
                assertThat(only.getHeaders().get("X")).isEqualTo(SECRET);
            }
        });
    }

    @Test
    void aCancelWebhookAfterTheEnvironmentIsNotMade() throws Throwable {
        sessions.then(j -> {
            try (MockWebServer server = new MockWebServer()) {
                server.start(InetAddress.getByName("127.0.0.1"), 0);
                ArmoryConfiguration.get().setAllowedHosts(List.of("127.0.0.1"));
                server.enqueue(new MockResponse.Builder().code(200).build());
                server.enqueue(new MockResponse.Builder().code(200).build());
                protect("job");
                WorkflowRun run = job(j, "job", """
                                parallel prod: {
                                    armoryEnvironment('prod') { input id: 'Hold', message: 'Hold' }
                                }, beside: {
                                    input id: 'Begin', message: 'Begin'
                                    armoryWebhookApproval(name: 'w', uriTemplate: '%s',
                                        headers: [[key: 'T', value: '{{armory.callbackToken}}']],
                                        cancel: [uriTemplate: '%s', headers: [[key: 'X', value: '{{secrets.prod-token}}']]])
                                }
                                """.formatted(server.url("/start"), server.url("/cancel")))
                        .scheduleBuild2(0)
                        .waitForStart();
                InputStepExecution hold = awaitInput(run);
                await().until(() -> run.getAction(InputAction.class).getExecution("Begin") != null);
                run.getAction(InputAction.class).getExecution("Begin").proceed(null);
                assertThat(server.takeRequest(60, TimeUnit.SECONDS).getTarget()).isEqualTo("/start");
                hold.proceed(null);
                await().until(() -> !UnderWay.isAt(run, "prod", each -> true));

                run.doStop();
                j.waitForCompletion(run);
                await().until(() -> ArmoryRuntime.get().approvals().pending().isEmpty());
                await().until(() -> ArmoryRuntime.get().approvalsOf(run).get(0).isClosed());
                assertThat(server.getRequestCount()).as("no cancel call").isEqualTo(1);
            }
        });
    }

    @Test
    void aCallbackIsRefusedOnceTheEnvironmentIsOver() throws Throwable {
        sessions.then(j -> {
            try (MockWebServer server = new MockWebServer()) {
                server.start(InetAddress.getByName("127.0.0.1"), 0);
                ArmoryConfiguration.get().setAllowedHosts(List.of("127.0.0.1"));
                server.enqueue(new MockResponse.Builder().code(202).build());
                server.enqueue(new MockResponse.Builder().code(202).build());
                protect("job");
                String approval = "armoryWebhookApproval(name: 'w', uriTemplate: '" + server.url("/start")
                        + "', callbackCredentialsId: 'prod-token')";
                WorkflowRun run = job(j, "job", """
                                parallel prod: {
                                    armoryEnvironment('prod') { %s; input id: 'Hold', message: 'Hold' }
                                }, beside: {
                                    input id: 'Begin', message: 'Begin'
                                    %s
                                }
                                """.formatted(approval, approval))
                        .scheduleBuild2(0)
                        .waitForStart();
                var caller = new TestCaller(j.getURL());
                assertThat(caller.post(calledId(server), SECRET, "{\"success\": true}")
                                .statusCode())
                        .as("inside")
                        .isEqualTo(200);
                InputStepExecution hold = awaitInput(run);
                await().until(() -> run.getAction(InputAction.class).getExecution("Begin") != null);
                run.getAction(InputAction.class).getExecution("Begin").proceed(null);
                String beside = calledId(server);
                hold.proceed(null);
                await().until(() -> !UnderWay.isAt(run, "prod", each -> true));

                assertThat(caller.post(beside, SECRET, "{\"success\": true}").statusCode())
                        .as("outside")
                        .isEqualTo(401);
                run.doStop();
                j.waitForCompletion(run);
            }
        });
    }

    private static String calledId(MockWebServer server) throws InterruptedException {
        return server.takeRequest(60, TimeUnit.SECONDS).getHeaders().get("Idempotency-Key");
    }

    @Test
    void whoMayNotUseTheJobsCredentialsIsNotOfferedIt() throws Throwable {
        sessions.then(j -> {
            j.jenkins.setSecurityRealm(j.createDummySecurityRealm());
            j.jenkins.setAuthorizationStrategy(new MockAuthorizationStrategy()
                    .grant(Jenkins.READ, Item.READ)
                    .everywhere()
                    .to("bob")
                    .grant(Jenkins.READ, Item.READ, Item.CONFIGURE)
                    .everywhere()
                    .to("carol"));
            protect("job");
            WorkflowJob job = job(j, "job", "");

            assertThat(lookup(job, "bob")).isEmpty();
            assertThat(lookup(job, "carol")).hasSize(1);
        });
    }

    private static List<StringCredentials> lookup(WorkflowJob job, String user) {
        return CredentialsProvider.lookupCredentialsInItem(
                StringCredentials.class, job, User.getById(user, true).impersonate2(), List.of());
    }

    @Test
    void nothingIsOpenOrOfferedWhileTheSettingsCannotBeRead() throws Throwable {
        sessions.then(j -> {
            protect("job");
            job(j, "job", "armoryEnvironment('prod') { input id: 'Hold', message: 'Hold'; read 'inside' }")
                    .scheduleBuild2(0)
                    .waitForStart();
            awaitInput(run(j));
        });
        Path file =
                sessions.getHome().toPath().resolve("io.jenkins.plugins.armory.part.protect.ArmoryEnvironments.xml");
        Files.writeString(file, "<cut off");
        sessions.then(j -> {
            assertThat(ArmoryConfiguration.get().problem()).isPresent();
            assertThat(UnderWay.environments()).isEmpty();
            awaitInput(run(j)).proceed(null);
            j.waitForCompletion(run(j));
            j.assertLogContains("inside: closed", run(j));
            assertThat(logOf(j, job(j, "later", "armoryEnvironment('prod') { read 'inside' }")))
                    .contains("ERROR: The settings of webhook approvals cannot be read.", "Finished: FAILURE")
                    .doesNotContain("inside: ");
        });
    }

    @Test
    void theProviderComesFirst() throws Throwable {
        sessions.then(
                j -> assertThat(ExtensionList.lookup(CredentialsProvider.class).get(0))
                        .isInstanceOf(EnvironmentCredentialsProvider.class));
    }
}
