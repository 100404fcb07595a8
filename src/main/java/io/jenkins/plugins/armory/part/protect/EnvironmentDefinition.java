package io.jenkins.plugins.armory.part.protect;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import hudson.Extension;
import hudson.Util;
import hudson.model.AbstractDescribableImpl;
import hudson.util.FormValidation;
import io.jenkins.plugins.armory.callback.token.JobPatterns;
import io.jenkins.plugins.armory.config.form.JobsDescriptor;
import io.jenkins.plugins.armory.config.form.ListField;
import io.jenkins.plugins.armory.part.protect.window.Window;
import io.jenkins.plugins.armory.part.protect.window.Windows;
import io.jenkins.plugins.armory.webhook.text.Bound;
import io.jenkins.plugins.armory.webhook.text.LogText;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import jenkins.model.Jenkins;
import org.kohsuke.accmod.Restricted;
import org.kohsuke.accmod.restrictions.NoExternalUse;
import org.kohsuke.stapler.DataBoundConstructor;
import org.kohsuke.stapler.DataBoundSetter;
import org.kohsuke.stapler.QueryParameter;
import org.kohsuke.stapler.verb.POST;

/**
 * An entry of {@code environments}: an environment of the administrators. A deployment to it needs what {@code before}
 * and {@code windows} ask, whatever the Pipeline says, and it alone gets the credentials and the agents.
 */
@Restricted(NoExternalUse.class)
public final class EnvironmentDefinition extends AbstractDescribableImpl<EnvironmentDefinition> {

    private static final int WAIT_AT_MOST = 30;
    /** What an expression of labels has, or separates labels. */
    private static final Pattern NO_LABEL = Pattern.compile("[\\s&|!()<>\"]");

    private final String name;
    private final String jobs;
    private final transient JobPatterns patterns;
    private List<EnvironmentRule> before = new ArrayList<>();
    private List<EnvironmentRule> after = new ArrayList<>();
    private List<WindowDefinition> windows = new ArrayList<>();
    private int waitAtMost = WAIT_AT_MOST;
    private List<String> credentials = new ArrayList<>();
    private List<String> agents = new ArrayList<>();

    /** @param jobs the jobs that may deploy to it, in the format of {@link JobPatterns} */
    @DataBoundConstructor
    public EnvironmentDefinition(String name, String jobs) {
        this.name = Util.fixNull(name).strip();
        this.jobs = JobsDescriptor.checked(jobs);
        this.patterns = JobPatterns.parse(this.jobs);
    }

    /**
     * Sets the patterns, and the defaults of fields that a configuration leaves out, since XStream runs no
     * initializers.
     */
    private Object readResolve() {
        var read = new EnvironmentDefinition(name, jobs);
        read.setBefore(before);
        read.setAfter(after);
        read.setWindows(windows);
        read.setWaitAtMost(waitAtMost);
        read.setCredentials(credentials);
        read.setAgents(agents);
        return read;
    }

    public String getName() {
        return name;
    }

    public String getJobs() {
        return jobs;
    }

    /** Returns the rules that are checked before each deployment. */
    public List<EnvironmentRule> getBefore() {
        return before;
    }

    @DataBoundSetter
    public void setBefore(@CheckForNull List<EnvironmentRule> before) {
        this.before = ListField.copy(before);
    }

    /** Returns the checks of what was deployed. */
    public List<EnvironmentRule> getAfter() {
        return after;
    }

    @DataBoundSetter
    public void setAfter(@CheckForNull List<EnvironmentRule> after) {
        this.after = ListField.copy(after);
    }

    /** Returns when a deployment may begin; empty for always. */
    public List<WindowDefinition> getWindows() {
        return windows;
    }

    @DataBoundSetter
    public void setWindows(@CheckForNull List<WindowDefinition> windows) {
        this.windows = ListField.copy(windows);
    }

    /** Returns how many days a deployment waits for an opening at most. */
    public int getWaitAtMost() {
        return waitAtMost;
    }

    @DataBoundSetter
    public void setWaitAtMost(int waitAtMost) {
        this.waitAtMost = waitAtMost == 0 ? WAIT_AT_MOST : waitAtMost; // 0 of a field that is not there
    }

    /** @throws IllegalArgumentException naming the field that is wrong */
    public Windows toWindows() {
        List<Window> all = new ArrayList<>();
        ListField.checkEach("windows", windows, window -> all.add(window.toWindow()));
        return new Windows(all);
    }

    /** Returns ids of credentials of Jenkins itself, of scope System. */
    public List<String> getCredentials() {
        return credentials;
    }

    @DataBoundSetter
    public void setCredentials(@CheckForNull List<String> credentials) {
        this.credentials = ListField.noneBlank("credentials", credentials);
    }

    /** Returns the labels of the agents that are reserved for it. */
    public List<String> getAgents() {
        return agents;
    }

    @DataBoundSetter
    public void setAgents(@CheckForNull List<String> agents) {
        this.agents = ListField.noneBlank("agents", agents);
    }

    /** @param job the full name of a job */
    public boolean isFor(String job) {
        return patterns.match(job);
    }

    /**
     * Checks the entry.
     *
     * @throws IllegalArgumentException naming the field that is wrong
     */
    public void check() {
        check(EnvironmentRule::check);
    }

    /** Checks the entry as {@link #check} does, but for what other plugins define: they may not have started yet. */
    public void checkSaved() {
        check(EnvironmentRule::checkSaved);
    }

    private void check(Consumer<EnvironmentRule> rule) {
        if (name.isEmpty()) {
            throw new IllegalArgumentException("name: is missing; name the environment");
        }
        LogText.checkName("name", name);
        if (patterns.patterns().isEmpty()) {
            throw new IllegalArgumentException("jobs: " + Messages.EnvironmentDefinition_noJobs());
        }
        Bound.LIST.check("before", before.size());
        Bound.LIST.check("after", after.size());
        Bound.LINE.checkEach("credentials", credentials);
        Bound.LINE.checkEach("agents", agents);
        checkAgents(agents);
        ListField.checkEach("before", before, rule);
        checkPeople();
        ListField.checkEach("after", after, rule);
        Bound.LIST.check("windows", windows.size());
        toWindows();
        if (waitAtMost < 1 || waitAtMost > 366) {
            throw new IllegalArgumentException("waitAtMost: must be from 1 to 366 days, and is " + waitAtMost);
        }
    }

    /** Checks that people are asked once: of several approvals, one person could give all. */
    private void checkPeople() {
        long asked =
                before.stream().filter(rule -> rule.getManualApproval() != null).count();
        if (asked > 1) {
            throw new IllegalArgumentException("before: has manualApproval " + asked + " times; write it once, with its"
                    + " rules: each rule needs people of its own");
        }
    }

    /**
     * Checks that each entry is a label: as a label, an expression would be one that no agent has, and reserve nothing.
     */
    private static void checkAgents(List<String> agents) {
        for (int i = 0; i < agents.size(); i++) {
            if (NO_LABEL.matcher(agents.get(i)).find()) {
                throw new IllegalArgumentException("agents[" + i + "]: \"" + agents.get(i) + "\" is not one label;"
                        + " make each label an entry, without white space and & | ! ( ) < > \"");
            }
        }
    }

    @Extension
    public static final class DescriptorImpl extends JobsDescriptor<EnvironmentDefinition> implements ListField {

        @Override
        public String noJobs() {
            return Messages.EnvironmentDefinition_noJobs();
        }

        @POST
        public FormValidation doCheckName(@QueryParameter String value) {
            Jenkins.get().checkPermission(Jenkins.ADMINISTER);
            try {
                new EnvironmentDefinition(value, "**").check();
                return FormValidation.ok();
            } catch (IllegalArgumentException x) {
                return FormValidation.error(x.getMessage());
            }
        }

        @POST
        public FormValidation doCheckCredentials(@QueryParameter String value) {
            Jenkins.get().checkPermission(Jenkins.ADMINISTER);
            String problems = ListField.of(List.of(value)).stream()
                    .flatMap(id -> EnvironmentCredentials.problem(id).stream())
                    .collect(Collectors.joining(". "));
            return problems.isEmpty() ? FormValidation.ok() : FormValidation.warning(problems);
        }

        @POST
        public FormValidation doCheckAgents(@QueryParameter String value) {
            Jenkins.get().checkPermission(Jenkins.ADMINISTER);
            List<String> labels = ListField.of(List.of(value));
            try {
                checkAgents(labels);
            } catch (IllegalArgumentException x) {
                return FormValidation.error(x.getMessage());
            }
            String unknown = labels.stream()
                    .filter(label -> Jenkins.get().getLabelAtom(label).isEmpty())
                    .collect(Collectors.joining(", "));
            return unknown.isEmpty()
                    ? FormValidation.ok()
                    : FormValidation.warning(Messages.EnvironmentDefinition_noAgent(unknown));
        }
    }
}
