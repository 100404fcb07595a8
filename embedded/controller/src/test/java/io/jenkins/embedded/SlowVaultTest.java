package io.jenkins.embedded;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.cloudbees.plugins.credentials.CredentialsScope;
import hudson.ExtensionList;
import hudson.util.Secret;
import io.jenkins.plugins.armory.approval.Approval;
import io.jenkins.plugins.armory.approval.ApprovalTerms;
import io.jenkins.plugins.armory.approval.BuildRef;
import io.jenkins.plugins.armory.callback.oauth.CallbackClient;
import io.jenkins.plugins.armory.callback.token.AllowedCallers;
import io.jenkins.plugins.armory.callback.token.CallersLimit;
import io.jenkins.plugins.armory.callback.token.Verification;
import io.jenkins.plugins.armory.config.ArmoryConfiguration;
import io.jenkins.plugins.armory.config.ListedClient;
import io.jenkins.plugins.armory.runtime.ArmoryRuntime;
import io.jenkins.plugins.armory.sending.Settings;
import io.jenkins.plugins.armory.web.ApprovalsMonitor;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Secrets in a vault that does not answer. Each caller of an approval with such a secret holds a thread that answers requests. */
class SlowVaultTest {
    private static final int CALLERS = 40;

    private final CountDownLatch answers = new CountDownLatch(1);
    private final AtomicInteger readers = new AtomicInteger();
    private final ExecutorService threads = Executors.newCachedThreadPool();
    private Controller controller;

    @BeforeEach
    void start(@TempDir Path home) throws IOException {
        controller = new Controller(home);
        ExtensionList.lookupSingleton(CascCredentials.class)
                .replaceBy(List.of(
                        new OfVault("slow"),
                        new OfVault("other"),
                        new OfVault("b"),
                        new OfVault("c"),
                        new OfVault("d"),
                        new CascCredentials.SecretText(
                                "quick", CredentialsScope.GLOBAL, Secret.fromString("the secret"), null),
                        new OfVault("sealed") {
                            private static final long serialVersionUID = 1;

                            @Override
                            public Secret getSecret() {
                                throw new IllegalStateException("the vault is sealed");
                            }
                        },
                        new ClientOfVault("client", this::read),
                        new ClientOfVault("quick-client", () -> {})));
    }

    @AfterEach
    void close() {
        answers.countDown();
        threads.shutdownNow();
        controller.close();
    }

    /** Returns an approval of the one build. */
    private static Approval approval(String credential) {
        return ApprovalTerms.of(ArmoryRuntime.get().tokens().newId(), new BuildRef("job", 1))
                .webhook("tests")
                .callers(credential, List.of(AllowedCallers.CREDENTIALS + credential))
                .timeout(Instant.now(), Duration.ofHours(1))
                .start();
    }

    private List<Future<Verification>> call(Optional<Approval> approval, String token) {
        var verifications = new ArrayList<Future<Verification>>();
        for (int i = 0; i < CALLERS; i++) {
            verifications.add(threads.submit(() -> Settings.get().secretTexts().verify(token, approval)));
        }
        return verifications;
    }

    private void assertFewWait(List<Future<Verification>> verifications) throws Exception {
        await().until(() -> verifications.stream().filter(Future::isDone).count() == CALLERS - CallersLimit.MOST);
        for (Future<Verification> each : verifications) {
            if (each.isDone()) {
                assertThat(each.get())
                        .isInstanceOfSatisfying(
                                Verification.Undecided.class,
                                undecided -> assertThat(undecided.reason())
                                        .isEqualTo(
                                                "the secret of slow is being read, and others wait for it, or for secrets"
                                                        + " beside it, already; check the providers of these credentials"));
            }
        }
    }

    @Test
    void fewWaitForTheSecretOfAnApproval() throws Exception {
        Controller.awaitEnd(controller.build("echo 'built'"));

        List<Future<Verification>> verifications = call(Optional.of(approval("slow")), "the secret");

        assertFewWait(verifications);
        assertThat(readers).hasValue(CallersLimit.MOST);
        Future<Verification> other =
                threads.submit(() -> Settings.get().secretTexts().verify("the secret", Optional.of(approval("other"))));
        await().until(() -> readers.get() == CallersLimit.MOST + 1);
        answers.countDown();
        assertThat(other.get()).isInstanceOf(Verification.Genuine.class);
        assertThat(Settings.get().callerSecrets().of(Optional.of(approval("slow"))))
                .hasSize(1);
    }

    /** An author may have many, each of an approval of its own. */
    @Test
    void fewWaitForAllSecretsOfOneFolder() throws Exception {
        Controller.awaitEnd(controller.build("echo 'built'"));

        var all = new ArrayList<Future<Verification>>();
        for (String id : List.of("slow", "other", "b", "c", "d")) {
            all.addAll(call(Optional.of(approval(id)), "the secret"));
        }

        await().until(() -> all.stream().filter(Future::isDone).count() == all.size() - 16);
        assertThat(readers).hasValue(16);
    }

    /** It is looked up for every caller, also of an approval that does not exist. */
    @Test
    void fewWaitForTheSecretOfTheSettings() throws Exception {
        ArmoryConfiguration.get().setCallbackCredentialsId("slow");

        assertFewWait(call(Optional.empty(), "invented"));
    }

    @Test
    void whatAnswersAtOnceRefusesNobody() throws Exception {
        answers.countDown();
        ArmoryConfiguration.get().setCallbackCredentialsId("slow");

        for (Future<Verification> each : call(Optional.empty(), "the secret")) {
            assertThat(each.get()).isInstanceOf(Verification.Genuine.class);
        }
    }

    /** The one of the settings decides nothing for an approval that names another. */
    @Test
    void whoHasTheSecretOfAnApprovalDoesNotWaitForTheOneOfTheSettings() throws Exception {
        Controller.awaitEnd(controller.build("echo 'built'"));
        ArmoryConfiguration.get().setCallbackCredentialsId("slow");
        Optional<Approval> approval = Optional.of(approval("quick"));

        assertThat(threads.submit(() -> Settings.get().secretTexts().verify("the secret", approval)))
                .succeedsWithin(Duration.ofSeconds(10))
                .isInstanceOf(Verification.Genuine.class);
        assertThat(readers).hasValue(0);
    }

    /** Else a page with an error would answer callers whose tokens need no vault. */
    @Test
    void aVaultThatFailsSaysNothingOfTheToken() throws Exception {
        Controller.awaitEnd(controller.build("echo 'built'"));
        ArmoryConfiguration.get().setCallbackCredentialsId("sealed");

        assertThat(Settings.get().secretTexts().verify("invented", Optional.empty()))
                .isInstanceOfSatisfying(
                        Verification.Undecided.class,
                        undecided -> assertThat(undecided.reason())
                                .isEqualTo("the secret of sealed cannot be read; check the provider of that credential:"
                                        + " java.lang.IllegalStateException: the vault is sealed"));
        assertThat(Settings.get().callerSecrets().of(Optional.of(approval("quick"))))
                .hasSize(1);
    }

    @Test
    void aClientWhosePasswordIsNotReadHoldsUpFewOfItsOwnCallers() {
        ArmoryConfiguration.get()
                .setCallbackClients(List.of(new ListedClient("client", "**"), new ListedClient("quick-client", "**")));
        List<CallbackClient> clients = Settings.get().clients();
        assertThat(readers).hasValue(0);

        var reads = new ArrayList<Future<Boolean>>();
        for (int i = 0; i < CALLERS; i++) {
            reads.add(threads.submit(clients.get(0)::lacksSecret));
        }

        await().until(() -> reads.stream().filter(Future::isDone).count() == CALLERS - CallersLimit.MOST);
        assertThat(reads.stream().filter(Future::isDone))
                .allSatisfy(each -> assertThat(each)
                        .failsWithin(Duration.ZERO)
                        .withThrowableThat()
                        .withMessageContaining("the secret of client is being read"));
        assertThat(clients.get(1).lacksSecret()).isFalse();
    }

    /** A stranger's request for a token has the names of all of them read, which may be in a vault too. */
    @Test
    void aClientWhoseNameIsNotReadHoldsUpFewCallersAndNoOtherClient() {
        ExtensionList.lookupSingleton(CascCredentials.class)
                .replaceBy(List.of(
                        new ClientOfVault("slow", this::read, () -> {}),
                        new ClientOfVault("sealed", SlowVaultTest::fail, () -> {}),
                        new ClientOfVault("quick", () -> {})));
        ArmoryConfiguration.get()
                .setCallbackClients(List.of(
                        new ListedClient("slow", "**"),
                        new ListedClient("sealed", "**"),
                        new ListedClient("quick", "**")));

        var all = new ArrayList<Future<List<CallbackClient>>>();
        for (int i = 0; i < CALLERS; i++) {
            all.add(threads.submit(() -> Settings.get().clients()));
        }

        await().until(() -> all.stream().filter(Future::isDone).count() == CALLERS - CallersLimit.MOST);
        for (Future<List<CallbackClient>> each : all) {
            if (each.isDone()) {
                assertThat(each).succeedsWithin(Duration.ZERO).satisfies(clients -> {
                    assertThat(CallbackClient.named(Set.of("quick"), clients)).hasSize(1);
                    assertThatThrownBy(() -> CallbackClient.named(Set.of("sealed"), clients))
                            .isInstanceOf(UncheckedIOException.class)
                            .hasMessageContaining("the secret of slow is being read");
                });
            }
        }
    }

    private static void fail() {
        throw new IllegalStateException("the vault is sealed");
    }

    /** Jenkins asks for the warnings with each page of an administrator, also with that on which the setting can be mended. */
    @Test
    void noPageWaitsForTheSecretOfAClient() {
        ExtensionList.lookupSingleton(CascCredentials.class)
                .replaceBy(List.of(
                        new ClientOfVault("slow", this::read), new ClientOfVault("broken", SlowVaultTest::fail)));
        ArmoryConfiguration.get()
                .setCallbackClients(List.of(new ListedClient("slow", "**"), new ListedClient("broken", "**")));
        var monitor = new ApprovalsMonitor();

        for (int i = 0; i < CALLERS; i++) {
            assertThat(threads.submit(monitor::isActivated))
                    .succeedsWithin(Duration.ofSeconds(10))
                    .isEqualTo(false);
        }
        await().until(() -> !monitor.isActivated() && readers.get() == 1);
        answers.countDown();
        await().until(monitor::isActivated);

        assertThat(monitor.getWarnings())
                .singleElement()
                .asString()
                .contains(
                        "callbackClients[1].credentialsId",
                        "the secret of broken cannot be read",
                        "the vault is sealed",
                        "provider");
        assertThat(readers).as("they are known for a while").hasValue(1);
        ArmoryConfiguration.get().setCallbackClients(List.of());
        await().until(() -> !monitor.isActivated());
    }

    /** What a look at the former settings still waits for keeps nobody from looking at the mended ones. */
    @Test
    void mendedSettingsAreLookedAtWhileAVaultHangs() {
        ArmoryConfiguration.get().setCallbackClients(List.of(new ListedClient("client", "**")));
        var monitor = new ApprovalsMonitor();
        await().until(() -> !monitor.isActivated() && readers.get() == 1);

        ArmoryConfiguration.get().setCallbackClients(List.of(new ListedClient("missing", "**")));

        await().until(monitor::isActivated);
        assertThat(monitor.getWarnings()).singleElement().asString().contains("\"missing\"");
    }

    private static final class ClientOfVault extends CascCredentials.UsernamePassword {
        private static final long serialVersionUID = 1;

        private final transient Runnable beforeName;
        private final transient Runnable beforePassword;

        ClientOfVault(String id, Runnable beforeName, Runnable beforePassword) {
            super(id, CredentialsScope.GLOBAL, id, Secret.fromString("the secret"), null);
            this.beforeName = beforeName;
            this.beforePassword = beforePassword;
        }

        ClientOfVault(String id, Runnable beforePassword) {
            this(id, () -> {}, beforePassword);
        }

        @Override
        public String getUsername() {
            beforeName.run();
            return super.getUsername();
        }

        @Override
        public Secret getPassword() {
            beforePassword.run();
            return super.getPassword();
        }
    }

    private void read() {
        readers.incrementAndGet();
        try {
            answers.await();
        } catch (InterruptedException x) {
            Thread.currentThread().interrupt();
        }
    }

    private class OfVault extends CascCredentials.SecretText {
        private static final long serialVersionUID = 1;

        OfVault(String id) {
            super(id, CredentialsScope.GLOBAL, Secret.fromString("the secret"), null);
        }

        @Override
        public Secret getSecret() {
            read();
            return super.getSecret();
        }
    }
}
