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
 * The ids in the settings whose credential does not exist, most likely because they are mistyped, or is of no use. Configuration as Code
 * takes them, since it may set the plugin up before the credentials, and a credential may come later. Without a warning, the first build
 * that waits for callers would fail, or the first client would be refused, maybe days later.
 */
@Restricted(NoExternalUse.class)
public final class MissingCredentials {

    private static final Logger LOGGER = Logger.getLogger(MissingCredentials.class.getName());

    private MissingCredentials() {}

    /** Returns a sentence for each of them, with the field, the id and what to do. */
    public static List<String> warnings() {
        ArmoryConfiguration configuration = ArmoryConfiguration.get();
        var warnings = new ArrayList<String>();
        try (ACLContext ignored = ACL.as2(ACL.SYSTEM2)) {
            String id = configuration.getCallbackCredentialsId();
            if (id != null && SecretTexts.ofJenkins(id) == null) {
                warnings.add(Messages.MissingCredentials_secretText("callbackCredentialsId", id));
            }
            List<ListedClient> clients = configuration.getCallbackClients();
            for (int i = 0; i < clients.size(); i++) {
                ListedClient client = clients.get(i);
                String field = "callbackClients[" + i + "].credentialsId";
                Optional<CallbackClient> known = client.toClient();
                if (known.isEmpty()) {
                    warnings.add(Messages.MissingCredentials_usernamePassword(field, client.getCredentialsId()));
                } else if (known.get().lacksSecret()) {
                    warnings.add(Messages.MissingCredentials_blankPassword(field, client.getCredentialsId()));
                }
            }
            List<EnvironmentDefinition> environments = configuration.getEnvironments();
            for (int i = 0; i < environments.size(); i++) {
                String field = "environments[" + i + "].credentials";
                for (String each : environments.get(i).getCredentials()) {
                    EnvironmentCredentials.problem(each)
                            .map(problem -> Messages.MissingCredentials_environment(field, problem))
                            .ifPresent(warnings::add);
                }
            }
        }
        return warnings;
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
