package io.jenkins.plugins.armory.part.oidc;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import hudson.Extension;
import io.jenkins.plugins.armory.approval.Approval;
import io.jenkins.plugins.armory.call.JenkinsProxy;
import io.jenkins.plugins.armory.callback.token.ListedCallers;
import io.jenkins.plugins.armory.callback.token.Verification;
import io.jenkins.plugins.armory.config.SettingsSection;
import io.jenkins.plugins.armory.config.form.ListField;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import net.sf.json.JSONObject;
import org.jenkinsci.Symbol;
import org.kohsuke.accmod.Restricted;
import org.kohsuke.accmod.restrictions.NoExternalUse;
import org.kohsuke.stapler.DataBoundSetter;

/** The section {@code armoryIssuers} of the settings: the outside issuers whose JWTs may call back. */
@Extension(ordinal = 0.2)
@Symbol("armoryIssuers")
@Restricted(NoExternalUse.class)
public final class ArmoryIssuers extends SettingsSection implements ListedCallers {

    private static final String ISSUERS = "issuers";

    private List<IssuerDefinition> issuers;

    private final transient OutsideIssuers tokens = new OutsideIssuers(
            () -> getIssuers().stream().map(IssuerDefinition::toIssuer).toList(),
            new IssuerDiscovery(JenkinsProxy.client())::keysOf,
            Clock.systemUTC());

    public ArmoryIssuers() {
        super("armoryIssuers", Set.of(ISSUERS), List.of(ISSUERS));
        issuers = new ArrayList<>();
        load();
    }

    @Override
    protected SettingsSection copy() {
        return new ArmoryIssuers();
    }

    @Override
    protected void leaveOutBlanks(JSONObject form) {
        eachRow(form, ISSUERS, issuer -> leaveOutBlanks(issuer, "requiredClaims"));
    }

    /** Returns the outside issuers with the jobs that their tokens may decide for. */
    public List<IssuerDefinition> getIssuers() {
        return issuers;
    }

    /** @throws IllegalArgumentException naming a required claim that is blank */
    @DataBoundSetter
    public void setIssuers(@CheckForNull List<IssuerDefinition> issuers) {
        List<IssuerDefinition> all = ListField.copy(issuers);
        ListField.checkEach(ISSUERS, all, IssuerDefinition::checkClaims);
        this.issuers = all;
        save(ISSUERS);
    }

    @Override
    public Verification verify(String token, Optional<Approval> approval) {
        return tokens.verify(token, approval);
    }

    @Override
    public List<Entry> entries() {
        return issuers.stream().map(IssuerDefinition::entry).toList();
    }

    /** An entry is an issuer, or an issuer and a subject with a space between them. */
    @Override
    public boolean areNamedBy(String allowedCaller) {
        return issuers.stream()
                .map(IssuerDefinition::getIssuer)
                .anyMatch(issuer -> allowedCaller.equals(issuer) || allowedCaller.startsWith(issuer + ' '));
    }
}
