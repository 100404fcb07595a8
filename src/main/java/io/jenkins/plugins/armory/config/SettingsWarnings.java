package io.jenkins.plugins.armory.config;

import hudson.Extension;
import hudson.model.listeners.ItemListener;
import hudson.security.ACL;
import hudson.security.ACLContext;
import io.jenkins.plugins.armory.callback.oauth.CallbackClient;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.logging.Logger;
import org.kohsuke.accmod.Restricted;
import org.kohsuke.accmod.restrictions.NoExternalUse;

/**
 * What the settings name and Jenkins does not have, most likely because it is mistyped: credentials, and webhooks of the rules of environments;
 * and which of them are of no use. Configuration as Code takes them, since it may set the plugin up before the credentials, and a credential
 * may come later. Without a warning, a build or a client would be refused first, maybe days later.
 */
@Restricted(NoExternalUse.class)
public final class SettingsWarnings {

    private static final Logger LOGGER = Logger.getLogger(SettingsWarnings.class.getName());

    private SettingsWarnings() {}

    /** Returns a sentence for each of them, with the field, the id and what to do. */
    public static List<String> warnings() {
        ArmoryConfiguration configuration = ArmoryConfiguration.get();
        var warnings = new ArrayList<String>();
        try (ACLContext ignored = ACL.as2(ACL.SYSTEM2)) {
            String id = configuration.getCallbackCredentialsId();
            if (id != null && SecretTexts.ofJenkins(id) == null) {
                warnings.add(Messages.SettingsWarnings_secretText("callbackCredentialsId", id));
            }
            List<ListedClient> clients = configuration.getCallbackClients();
            for (int i = 0; i < clients.size(); i++) {
                ListedClient client = clients.get(i);
                String field = "callbackClients[" + i + "].credentialsId";
                Optional<CallbackClient> known = client.toClient();
                if (known.isEmpty()) {
                    warnings.add(Messages.SettingsWarnings_usernamePassword(field, client.getCredentialsId()));
                } else if (known.get().lacksSecret()) {
                    warnings.add(Messages.SettingsWarnings_blankPassword(field, client.getCredentialsId()));
                }
            }
            List<EnvironmentDefinition> environments = configuration.getEnvironments();
            for (int i = 0; i < environments.size(); i++) {
                EnvironmentDefinition environment = environments.get(i);
                String field = "environments[" + i + "].";
                environment.getCredentials().stream()
                        .flatMap(each -> EnvironmentCredentials.problem(each).stream())
                        .forEach(problem -> warnings.add(
                                Messages.SettingsWarnings_environment(field + "credentials", problem + ".")));
                addWebhooks(warnings, field + "before", environment.getBefore());
                addWebhooks(warnings, field + "after", environment.getAfter());
            }
        }
        return warnings;
    }

    private static void addWebhooks(List<String> warnings, String field, List<EnvironmentRule> rules) {
        for (int i = 0; i < rules.size(); i++) {
            EnvironmentRule rule = rules.get(i);
            String at = field + "[" + i + "].";
            EnvironmentRule.problem(rule.getWebhook())
                    .ifPresent(problem -> warnings.add(Messages.SettingsWarnings_environment(at + "webhook", problem)));
            rule.getNotify().stream()
                    .flatMap(name -> EnvironmentRule.problemOfCall(name).stream())
                    .forEach(problem -> warnings.add(Messages.SettingsWarnings_environment(at + "notify", problem)));
        }
    }

    /** Logs the warnings once Jenkins has started, when the credentials of Configuration as Code are there as well. */
    @Extension
    public static final class AtStart extends ItemListener {
        @Override
        public void onLoaded() {
            warnings().forEach(LOGGER::warning);
        }
    }
}
