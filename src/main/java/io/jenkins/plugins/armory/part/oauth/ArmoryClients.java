package io.jenkins.plugins.armory.part.oauth;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import hudson.Extension;
import hudson.ExtensionList;
import io.jenkins.plugins.armory.approval.Approval;
import io.jenkins.plugins.armory.call.Settings;
import io.jenkins.plugins.armory.callback.token.ListedCallers;
import io.jenkins.plugins.armory.callback.token.Verification;
import io.jenkins.plugins.armory.config.SettingsSection;
import io.jenkins.plugins.armory.config.form.ListField;
import io.jenkins.plugins.armory.config.form.SecretTexts;
import io.jenkins.plugins.armory.runtime.ArmoryRuntime;
import java.time.Clock;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import jenkins.security.HMACConfidentialKey;
import org.jenkinsci.Symbol;
import org.kohsuke.accmod.Restricted;
import org.kohsuke.accmod.restrictions.NoExternalUse;
import org.kohsuke.stapler.DataBoundSetter;

/** The section {@code armoryClients} of the settings: the clients of {@code oauth/token}. */
@Extension(ordinal = 0.3)
@Symbol("armoryClients")
@Restricted(NoExternalUse.class)
public final class ArmoryClients extends SettingsSection implements ListedCallers {

    private static final String CLIENTS = "clients";

    /** Its name is on disk. With another one, the tokens of all clients would become invalid. */
    private static final HMACConfidentialKey KEY =
            new HMACConfidentialKey("io.jenkins.plugins.armory.ArmoryClients.tokens");

    private List<ClientDefinition> clients;

    private final transient IssuedTokens tokens =
            new IssuedTokens(this::clients, () -> Settings.get().rootActionUrl(), KEY::mac, Clock.systemUTC());
    private final transient TokenEndpoint endpoint = new TokenEndpoint(
            tokens, this::knownClients, () -> ArmoryRuntime.get().isGoingDown());

    public ArmoryClients() {
        super("armoryClients", Set.of(CLIENTS), List.of(CLIENTS));
        clients = new ArrayList<>();
        load();
    }

    static ArmoryClients get() {
        return ExtensionList.lookupSingleton(ArmoryClients.class);
    }

    @Override
    protected SettingsSection copy() {
        return new ArmoryClients();
    }

    /** Returns the clients with the jobs that they may decide for. */
    public List<ClientDefinition> getClients() {
        return clients;
    }

    /** @throws IllegalArgumentException naming a client whose secret is too short */
    @DataBoundSetter
    public void setClients(@CheckForNull List<ClientDefinition> clients) {
        List<ClientDefinition> all = ListField.copy(clients);
        ListField.checkEach(CLIENTS, all, client -> SecretTexts.require("credentialsId", client.problem()));
        this.clients = all;
        save(CLIENTS);
    }

    TokenEndpoint endpoint() {
        return endpoint;
    }

    /** Returns the clients whose credentials exist. */
    List<OAuthClient> clients() {
        var found = new LinkedHashMap<String, OAuthClient>();
        for (ClientDefinition each : clients) {
            each.toClient().ifPresent(client -> found.merge(client.credentialsId(), client, OAuthClient::and));
        }
        return List.copyOf(found.values());
    }

    /** @throws IllegalStateException if the settings cannot be read: whom they list is not known then */
    private List<OAuthClient> knownClients() {
        if (Settings.get().problem().isPresent()) {
            throw new IllegalStateException(Settings.NOT_KNOWN);
        }
        return clients();
    }

    @Override
    public Verification verify(String token, Optional<Approval> approval) {
        return tokens.verify(token, approval);
    }

    @Override
    public List<Entry> entries() {
        return clients.stream().map(ClientDefinition::entry).toList();
    }

    @Override
    public boolean areNamedBy(String allowedCaller) {
        return !OAuthClient.named(Set.of(allowedCaller), clients()).isEmpty();
    }

    @Override
    public boolean have(String credentialsId) {
        return clients().stream().anyMatch(client -> client.credentialsId().equals(credentialsId));
    }

    @Override
    public List<Reference> references() {
        return ListField.mapEach(
                CLIENTS,
                clients,
                (field, client) -> new Reference(
                        field + ".credentialsId",
                        client.getCredentialsId(),
                        () -> client.toClient()
                                .map(known -> SecretTexts.tooShort(
                                        known.credentialsId(), known.password().get()))
                                .orElseGet(() -> Optional.of(Messages.ArmoryClients_none(client.getCredentialsId())))));
    }
}
