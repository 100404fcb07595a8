package io.jenkins.embedded;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.cloudbees.plugins.credentials.CredentialsScope;
import hudson.ExtensionList;
import hudson.util.Secret;
import io.jenkins.plugins.armory.approval.Approval;
import io.jenkins.plugins.armory.approval.BuildRef;
import io.jenkins.plugins.armory.approval.Terms;
import io.jenkins.plugins.armory.call.Settings;
import io.jenkins.plugins.armory.callback.CallbackRequest;
import io.jenkins.plugins.armory.callback.RequestBody;
import io.jenkins.plugins.armory.callback.token.AllowedCallers;
import io.jenkins.plugins.armory.callback.token.Verification;
import io.jenkins.plugins.armory.config.ArmoryConfiguration;
import io.jenkins.plugins.armory.runtime.ArmoryRuntime;
import io.jenkins.plugins.armory.web.ApprovalsMonitor;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Secrets in a vault that does not answer, or fails. */
class SlowVaultTest {
    private static final int CALLERS = 40;

    private final CountDownLatch answers = new CountDownLatch(1);
    private final AtomicInteger readers = new AtomicInteger();
    private final ExecutorService threads = Executors.newCachedThreadPool();
    private Controller controller;
    private ArmoryConfiguration settings;

    @BeforeEach
    void start(@TempDir Path home) throws IOException {
        controller = new Controller(home);
        settings = ArmoryConfiguration.get();
        var executor = (ThreadPoolExecutor) ArmoryRuntime.get().buildExecutor();
        await().until(() -> executor.getCompletedTaskCount() > 0); // the look for warnings of the start
    }

    /** Adds what the settings name. From here on, a change of the settings would wait for the vault. */
    private static void add(CascCredentials.Entry... credentials) {
        ExtensionList.lookupSingleton(CascCredentials.class).replaceBy(List.of(credentials));
    }

    @AfterEach
    void close() {
        answers.countDown();
        threads.shutdownNow();
        controller.close();
    }

    /** Returns an approval of the one build. */
    private static Approval approval(String credential) {
        return Approval.start(
                Terms.standard()
                        .webhook("tests")
                        .callbackCredentialsId(credential)
                        .allowedCallers(List.of(AllowedCallers.CREDENTIALS + credential))
                        .build(),
                rest -> rest.id(ArmoryRuntime.get().tokens().newId())
                        .build(new BuildRef("job", 1))
                        .createdAt(Instant.now()));
    }

    /** The one of the settings decides nothing for an approval that names another. */
    @Test
    void whoHasTheSecretOfAnApprovalDoesNotWaitForTheOneOfTheSettings() throws Exception {
        Controller.awaitEnd(controller.build("echo 'built'"));
        settings.setCallbackCredentialsId("slow");
        add(new OfVault("slow", this::read), new OfVault("quick", () -> {}));
        Optional<Approval> approval = Optional.of(approval("quick"));

        assertThat(threads.submit(() -> Settings.get().secretTexts().verify("the secret of the vault", approval)))
                .succeedsWithin(Duration.ofSeconds(10))
                .isInstanceOf(Verification.Genuine.class);
        assertThat(readers).hasValue(0);
    }

    /** Anybody may send a token, and each look-up holds a thread of Jenkins. */
    @Test
    void strangersTakeNoMoreThanAShareOfTheThreadsWhileAVaultHangs() {
        settings.setCallbackCredentialsId("slow");
        add(new OfVault("slow", this::read));

        for (int i = 0; i < 32; i++) {
            threads.submit(() -> settings.secretTexts().verify("invented", Optional.empty()));
        }
        await().until(() -> readers.get() >= 32); // the look for warnings may read it too
        assertThat(threads.submit(() -> settings.secretTexts().verify("invented", Optional.empty())))
                .succeedsWithin(Duration.ofSeconds(10))
                .isInstanceOf(Verification.Undecided.class);
    }

    @Test
    void whoHasTheTokenOfAnApprovalWaitsForNoSecretText() {
        settings.setCallbackCredentialsId("slow");
        add(new OfVault("slow", this::read));
        String id = ArmoryRuntime.get().tokens().newId();
        String token = ArmoryRuntime.get().tokens().tokenFor(id);
        var request = new CallbackRequest(
                "POST",
                id,
                name -> name.equals("Authorization") ? List.of("Bearer " + token) : List.of(),
                "192.0.2.1",
                new RequestBody("application/json", 0, () -> new ByteArrayInputStream(new byte[0])));

        assertThat(threads.submit(
                        () -> ArmoryRuntime.get().endpoint().handle(request).status()))
                .succeedsWithin(Duration.ofSeconds(10))
                .isEqualTo(410);
    }

    /** Else a page with an error would answer callers whose tokens need no vault. */
    @Test
    void aVaultThatFailsSaysNothingOfTheToken() throws Exception {
        Controller.awaitEnd(controller.build("echo 'built'"));
        settings.setCallbackCredentialsId("sealed");
        add(new OfVault("sealed", SlowVaultTest::fail), new OfVault("quick", () -> {}));

        assertThat(Settings.get().secretTexts().verify("invented", Optional.empty()))
                .isInstanceOfSatisfying(
                        Verification.Undecided.class,
                        undecided -> assertThat(undecided.reason())
                                .isEqualTo("the secret of sealed cannot be read; check the provider of that credential:"
                                        + " java.lang.IllegalStateException: the vault is sealed"));
        assertThat(Settings.get().secretTexts().of(Optional.of(approval("quick"))))
                .hasSize(1);
    }

    private static void fail() {
        throw new IllegalStateException("the vault is sealed");
    }

    /**
     * Jenkins asks for the warnings with each page of an administrator, also with that on which the setting can be
     * mended.
     */
    @Test
    void noPageWaitsForASecretText() {
        settings.setCallbackCredentialsId("slow");
        add(new OfVault("slow", () -> {
            read();
            fail();
        }));
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
                        "callbackCredentialsId",
                        "the credential \"slow\" cannot be read",
                        "the vault is sealed",
                        "provider");
        assertThat(readers).as("they are known for a while").hasValue(1);
        settings.setCallbackCredentialsId(null);
        await().until(() -> !monitor.isActivated());
    }

    /** What a look at the former settings still waits for keeps nobody from looking at the mended ones. */
    @Test
    void mendedSettingsAreLookedAtWhileAVaultHangs() {
        settings.setCallbackCredentialsId("slow");
        add(new OfVault("slow", this::read));
        var monitor = new ApprovalsMonitor();
        await().until(() -> !monitor.isActivated() && readers.get() == 1);

        settings.setCallbackCredentialsId("missing");

        await().until(monitor::isActivated);
        assertThat(monitor.getWarnings()).singleElement().asString().contains("\"missing\"");
    }

    /** A credential may come, or get another secret, after the settings. */
    @Test
    void secretsThatCouldBeGuessedAreReported() {
        settings.setCallbackCredentialsId("text");
        Secret rotated = Secret.fromString("whsec_short whsec_" + "A".repeat(32));
        add(new CascCredentials.SecretText("text", CredentialsScope.SYSTEM, rotated, null));
        var monitor = new ApprovalsMonitor();

        await().until(monitor::isActivated);

        assertThat(monitor.getWarnings())
                .singleElement()
                .asString()
                .contains("callbackCredentialsId: ", "has fewer than 20 characters", "openssl rand");
        assertThat(settings.secretTexts().verify("whsec_short", Optional.empty()))
                .isInstanceOfSatisfying(
                        Verification.Invalid.class,
                        invalid -> assertThat(invalid.reason()).contains("has fewer than 20 characters"));
    }

    private void read() {
        readers.incrementAndGet();
        try {
            answers.await();
        } catch (InterruptedException x) {
            Thread.currentThread().interrupt();
        }
    }

    private static final class OfVault extends CascCredentials.SecretText {
        private static final long serialVersionUID = 1;

        private final transient Runnable before;

        OfVault(String id, Runnable before) {
            super(id, CredentialsScope.GLOBAL, Secret.fromString("the secret of the vault"), null);
            this.before = before;
        }

        @Override
        public Secret getSecret() {
            before.run();
            return super.getSecret();
        }
    }
}
