package io.jenkins.plugins.armory.web;

import hudson.Extension;
import hudson.ExtensionList;
import hudson.model.listeners.ItemListener;
import hudson.security.ACL;
import hudson.security.ACLContext;
import io.jenkins.plugins.armory.config.ArmoryConfiguration;
import io.jenkins.plugins.armory.config.form.SecretTexts;
import io.jenkins.plugins.armory.part.oauth.ClientDefinition;
import io.jenkins.plugins.armory.part.oauth.OAuthClient;
import io.jenkins.plugins.armory.part.protect.EnvironmentCredentials;
import io.jenkins.plugins.armory.part.protect.EnvironmentDefinition;
import io.jenkins.plugins.armory.part.protect.EnvironmentRule;
import io.jenkins.plugins.armory.runtime.ArmoryRuntime;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;
import java.util.logging.Logger;
import org.jenkinsci.plugins.plaincredentials.StringCredentials;
import org.kohsuke.accmod.Restricted;
import org.kohsuke.accmod.restrictions.NoExternalUse;

/**
 * Warnings of credentials and webhooks that the settings name and that Jenkins does not have or cannot use, most likely because they are
 * mistyped. Configuration as Code accepts them, since a credential may come later. Without a warning, the first to notice would be a build
 * or a client that is refused.
 */
@Restricted(NoExternalUse.class)
public final class SettingsWarnings {

    private static final Logger LOGGER = Logger.getLogger(SettingsWarnings.class.getName());

    private SettingsWarnings() {}

    /** Returns a sentence for each of them, with the field, the id and what to do. Reads the credentials, which may take long. */
    public static List<String> warnings() {
        ArmoryConfiguration configuration = ArmoryConfiguration.get();
        var warnings = new ArrayList<String>();
        try (ACLContext ignored = ACL.as2(ACL.SYSTEM2)) {
            String id = configuration.getCallbackCredentialsId();
            if (id != null) {
                String field = "callbackCredentialsId";
                add(warnings, field, id, () -> problem(field, id));
            }
            List<ClientDefinition> clients = configuration.getCallbackClients();
            for (int i = 0; i < clients.size(); i++) {
                ClientDefinition client = clients.get(i);
                String field = "callbackClients[" + i + "].credentialsId";
                add(warnings, field, client.getCredentialsId(), () -> problem(field, client));
            }
            List<EnvironmentDefinition> environments = configuration.getEnvironments();
            for (int i = 0; i < environments.size(); i++) {
                EnvironmentDefinition environment = environments.get(i);
                String field = "environments[" + i + "].";
                for (String credential : environment.getCredentials()) {
                    String at = field + "credentials";
                    add(
                            warnings,
                            at,
                            credential,
                            () -> EnvironmentCredentials.problem(credential)
                                    .map(problem -> Messages.SettingsWarnings_environment(at, problem + ".")));
                }
                addWebhooks(warnings, field + "before", environment.getBefore());
                addWebhooks(warnings, field + "after", environment.getAfter());
            }
        }
        return warnings;
    }

    /** Adds what is wrong with a credential, also that its provider fails: its exception would hide all others. */
    private static void add(List<String> warnings, String field, String id, Supplier<Optional<String>> problem) {
        try {
            problem.get().ifPresent(warnings::add);
        } catch (UncheckedIOException x) {
            warnings.add(
                    Messages.SettingsWarnings_environment(field, x.getCause().getMessage() + "."));
        } catch (RuntimeException x) {
            warnings.add(Messages.SettingsWarnings_unreadable(field, id, x));
        }
    }

    private static Optional<String> problem(String field, ClientDefinition client) {
        Optional<OAuthClient> known = client.toClient();
        if (known.isEmpty()) {
            return Optional.of(Messages.SettingsWarnings_usernamePassword(field, client.getCredentialsId()));
        }
        return tooShort(field, client.getCredentialsId(), known.get().password().get());
    }

    private static Optional<String> problem(String field, String id) {
        StringCredentials known = SecretTexts.ofJenkins(id);
        return known == null
                ? Optional.of(Messages.SettingsWarnings_secretText(field, id))
                : tooShort(field, id, known.getSecret().getPlainText());
    }

    private static Optional<String> tooShort(String field, String id, String secret) {
        return SecretTexts.tooShort(id, secret).map(problem -> Messages.SettingsWarnings_environment(field, problem));
    }

    private static void addWebhooks(List<String> warnings, String field, List<EnvironmentRule> rules) {
        for (int i = 0; i < rules.size(); i++) {
            EnvironmentRule rule = rules.get(i);
            String at = field + "[" + i + "].";
            EnvironmentRule.problem(rule.getWebhook())
                    .ifPresent(problem -> warnings.add(Messages.SettingsWarnings_environment(at + "webhook", problem)));
            SecretTexts.problem(rule.getCallbackCredentialsId())
                    .ifPresent(problem ->
                            warnings.add(Messages.SettingsWarnings_environment(at + "callbackCredentialsId", problem)));
            rule.getNotify().stream()
                    .flatMap(name -> EnvironmentRule.problemOfCall(name).stream())
                    .forEach(problem -> warnings.add(Messages.SettingsWarnings_environment(at + "notify", problem)));
        }
    }

    /** Returns the warnings that were found last, at once. Has them found again if that was long ago, or with other settings. */
    public static List<String> latest() {
        return ExtensionList.lookupSingleton(Latest.class).get();
    }

    /** Returns what the warnings are about. The setters replace the lists, and do not change them. */
    private static List<Object> presentSettings() {
        ArmoryConfiguration configuration = ArmoryConfiguration.get();
        return Arrays.asList(
                configuration.getCallbackCredentialsId(),
                configuration.getCallbackClients(),
                configuration.getEnvironments(),
                configuration.getWebhooks());
    }

    /**
     * The warnings that were found last. Jenkins asks for them with each page of an administrator, and a vault may not answer, or may write down
     * who reads it. So they are found on a thread of the plugin, and not for each page.
     */
    @Extension
    public static final class Latest extends ItemListener {

        private static final Duration AGE = Duration.ofMinutes(1);

        /** The settings that are looked at now. A look that hangs holds up no look at other settings, as after somebody has mended them. */
        private final AtomicReference<List<Object>> looking = new AtomicReference<>();

        private volatile Look last = new Look(List.of(), List.of(), 0);

        /**
         * @param settings those that the warnings are about
         * @param at the time of {@link System#nanoTime}
         */
        private record Look(List<Object> settings, List<String> warnings, long at) {

            boolean isOld(List<Object> present) {
                return System.nanoTime() - at > AGE.toNanos() || !settings.equals(present);
            }
        }

        /** Looks once Jenkins has started, when the credentials of Configuration as Code are there as well. */
        @Override
        public void onLoaded() {
            get();
        }

        private List<String> get() {
            List<Object> present = presentSettings();
            List<Object> underWay = looking.get();
            if (last.isOld(present) && !present.equals(underWay) && looking.compareAndSet(underWay, present)) {
                ArmoryRuntime.get().buildExecutor().execute(() -> look(present)); // as long as a vault takes
            }
            return last.warnings();
        }

        /** Looks, and logs what is new. */
        private void look(List<Object> settings) {
            List<String> found = last.warnings();
            try {
                found = warnings();
            } finally {
                if (looking.compareAndSet(settings, null)) {
                    found.stream()
                            .filter(each -> !last.warnings().contains(each))
                            .forEach(LOGGER::warning);
                    last = new Look(settings, found, System.nanoTime());
                }
            }
        }
    }
}
