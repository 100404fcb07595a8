package io.jenkins.plugins.armory.part.protect;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import hudson.AbortException;
import hudson.Extension;
import hudson.ExtensionList;
import io.jenkins.plugins.armory.call.Settings;
import io.jenkins.plugins.armory.config.SettingsSection;
import io.jenkins.plugins.armory.config.form.ListField;
import io.jenkins.plugins.armory.config.form.SecretTexts;
import io.jenkins.plugins.armory.webhook.text.Bound;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import net.sf.json.JSONObject;
import org.jenkinsci.Symbol;
import org.kohsuke.accmod.Restricted;
import org.kohsuke.accmod.restrictions.NoExternalUse;
import org.kohsuke.stapler.DataBoundSetter;

/**
 * The section {@code armoryEnvironments} of the settings: the environments of the administrators. Only the settings
 * have any: a folder may not define, loosen or override one.
 */
@Extension(ordinal = 0.1)
@Symbol("armoryEnvironments")
@Restricted(NoExternalUse.class)
public final class ArmoryEnvironments extends SettingsSection {

    private static final String ENVIRONMENTS = "environments";

    private List<EnvironmentDefinition> environments;

    public ArmoryEnvironments() {
        super("armoryEnvironments", Set.of(ENVIRONMENTS), List.of(ENVIRONMENTS));
        environments = new ArrayList<>();
        load();
    }

    public static ArmoryEnvironments get() {
        return ExtensionList.lookupSingleton(ArmoryEnvironments.class);
    }

    @Override
    protected SettingsSection copy() {
        return new ArmoryEnvironments();
    }

    @Override
    protected void checkRead() {
        ListField.checkEach(ENVIRONMENTS, environments, EnvironmentDefinition::checkSaved);
    }

    @Override
    protected void leaveOutBlanks(JSONObject form) {
        eachRow(form, ENVIRONMENTS, environment -> {
            leaveOutBlanks(environment, "credentials", "agents");
            for (String rules : List.of("before", "after")) {
                eachRow(
                        environment,
                        rules,
                        rule -> leaveOutBlanks(rule, "webhook", "callbackCredentialsId", "notify", "allowedCallers"));
            }
            eachRow(
                    environment,
                    "windows",
                    window -> leaveOutBlanks(window, "allow", "deny", "from", "lasts", "zone", "reason"));
        });
    }

    /** Returns all entries, in the order of the settings. A name may have several, for different jobs. */
    public List<EnvironmentDefinition> getEnvironments() {
        return environments;
    }

    /** @throws IllegalArgumentException naming the entry and the field that is wrong */
    @DataBoundSetter
    public void setEnvironments(@CheckForNull List<EnvironmentDefinition> environments) {
        List<EnvironmentDefinition> all = ListField.copy(environments);
        Bound.LIST.check(ENVIRONMENTS, all.size());
        ListField.checkEach(ENVIRONMENTS, all, EnvironmentDefinition::check);
        this.environments = all;
        save(ENVIRONMENTS);
    }

    /**
     * Returns the entry of an environment that is for a job; empty if the settings have none of that name.
     *
     * @param job the full name of the job
     * @throws AbortException if the settings are not known, or have the name and not exactly one entry for the job
     */
    static Optional<EnvironmentDefinition> find(String name, String job) throws AbortException {
        if (Settings.get().problem().isPresent()) {
            throw new AbortException(
                    "the settings of Jenkins cannot be read, so it is not known whether the environment \"" + name
                            + "\" has rules; Jenkins's log says what an administrator has to do");
        }
        List<EnvironmentDefinition> named = get().environments.stream()
                .filter(entry -> entry.getName().equals(name))
                .toList();
        List<EnvironmentDefinition> forJob =
                named.stream().filter(entry -> entry.isFor(job)).toList();
        if (forJob.size() == 1 || named.isEmpty()) {
            return forJob.stream().findFirst();
        }
        throw new AbortException("the environment \"" + name + "\" of Jenkins's settings "
                + (forJob.isEmpty()
                        ? "is not for the job \"" + job + "\"; an administrator has to add the job to its jobs"
                        : "has " + forJob.size() + " entries for the job \"" + job
                                + "\"; an administrator has to leave one of them"));
    }

    @Override
    public List<Reference> references() {
        return ListField.mapEach(ENVIRONMENTS, environments, ArmoryEnvironments::references).stream()
                .flatMap(List::stream)
                .toList();
    }

    private static List<Reference> references(String field, EnvironmentDefinition environment) {
        Stream<Reference> credentials = environment.getCredentials().stream()
                .map(id -> new Reference(
                        field + ".credentials",
                        id,
                        () -> EnvironmentCredentials.problem(id).map(problem -> problem + ".")));
        Stream<Reference> rules = Stream.of(
                        ListField.mapEach(field + ".before", environment.getBefore(), ArmoryEnvironments::references),
                        ListField.mapEach(field + ".after", environment.getAfter(), ArmoryEnvironments::references))
                .flatMap(List::stream)
                .flatMap(List::stream);
        return Stream.concat(credentials, rules).toList();
    }

    private static List<Reference> references(String field, EnvironmentRule rule) {
        String webhook = rule.getWebhook();
        String secretText = rule.getCallbackCredentialsId();
        var references = new ArrayList<Reference>();
        if (webhook != null) {
            references.add(new Reference(field + ".webhook", webhook, () -> EnvironmentRule.problem(webhook)));
        }
        if (secretText != null) {
            references.add(
                    new Reference(field + ".callbackCredentialsId", secretText, () -> SecretTexts.problem(secretText)));
        }
        rule.getNotify()
                .forEach(name -> references.add(
                        new Reference(field + ".notify", name, () -> EnvironmentRule.problemOfCall(name))));
        return references;
    }
}
