package io.jenkins.plugins.armory.step.approval;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import io.jenkins.plugins.armory.approval.Approval;
import io.jenkins.plugins.armory.approval.ManualRequirement;
import io.jenkins.plugins.armory.approval.OpenApproval;
import io.jenkins.plugins.armory.approval.Phase;
import io.jenkins.plugins.armory.approval.Place;
import io.jenkins.plugins.armory.approval.Terms;
import io.jenkins.plugins.armory.callback.token.CallbackTokens;
import io.jenkins.plugins.armory.store.ApprovalValues;
import io.jenkins.plugins.armory.store.disk.StoredJson;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.ObjectOutputStream;
import java.io.Serializable;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.zip.GZIPInputStream;
import java.util.zip.GZIPOutputStream;
import org.kohsuke.accmod.Restricted;
import org.kohsuke.accmod.restrictions.NoExternalUse;

/**
 * The approvals of one place and phase that a step waits for, as the program has them: the approvals until they are
 * written, and then no more than a seed for their ids.
 */
@Restricted(NoExternalUse.class)
public final class StepApprovals implements Serializable {

    private static final long serialVersionUID = 1L;

    /**
     * How approvals were asked for.
     *
     * @param argumentsKey what the environments know them by, beside the name
     * @param list the name of the list that they stand in, so that messages say which one they are about; empty for a
     *     single one
     * @param rules whether the settings ask for them, as rules of the environment
     * @param question whether the last of them is none of the list, but a question about all
     * @param failFast see {@link OpenApproval#failFast}
     */
    public record Asked(String argumentsKey, String list, boolean rules, boolean question, boolean failFast)
            implements Serializable {}

    private final String seed;
    private final Phase phase;

    @CheckForNull
    private final String environment;

    private final Asked asked;
    private final int size;
    private final String name;

    /** Empty once they are written. {@code null} after a restart of Jenkins. */
    @CheckForNull
    private transient volatile List<Approval> approvals;

    /** The same as values of a log, compressed; {@code null} before the program is saved, and once they are written. */
    @CheckForNull
    private volatile byte[] packed;

    /**
     * @param seed the id of the first approval, by which the environments know all of them
     * @param environment that they belong to, {@code null} for the enclosing stage
     * @param approvals empty if the step's arguments are mistaken
     */
    public StepApprovals(
            String seed, Phase phase, @CheckForNull String environment, Asked asked, List<Approval> approvals) {
        this.seed = seed;
        this.phase = phase;
        this.environment = environment;
        this.asked = asked;
        this.approvals = List.copyOf(approvals);
        size = approvals.size();
        name = isListed() || approvals.isEmpty()
                ? count(size) + " approvals"
                : asked.rules ? asked.list : nameOf(approvals.get(0).terms());
    }

    /**
     * Returns the name by which a retry of an approval is known: the webhook's, or what is asked of whom. So one
     * question does not pass for another that a person rejected.
     */
    private static String nameOf(Terms terms) {
        String webhook = terms.webhook();
        return webhook != null
                ? webhook
                : question(Objects.requireNonNull(terms.manual(), "without a webhook, people decide"));
    }

    /** Returns what is asked of whom, as one text: a question to other or to fewer people is another one. */
    private static String question(ManualRequirement manual) {
        return manual.rules().stream()
                        .map(rule -> (rule.required() == 1 ? "" : " by " + rule.required())
                                + (rule.submitters().isEmpty()
                                        ? ""
                                        : " (" + String.join(", ", rule.submitters()) + ")"))
                        .collect(Collectors.joining(" and", "manual approval", ""))
                + (manual.requesters() == null ? "" : " not by requester") + ": " + manual.message();
    }

    /** Packs the approvals with the first save of the program. */
    private void writeObject(ObjectOutputStream out) throws IOException {
        List<Approval> known = approvals;
        if (packed == null && known != null && !known.isEmpty()) {
            List<Approval> numbered = IntStream.range(0, size)
                    .mapToObj(index -> known.get(index).with(copy -> copy.id(String.valueOf(index))))
                    .toList();
            var bytes = new ByteArrayOutputStream();
            try (var zip = new GZIPOutputStream(bytes)) {
                zip.write(StoredJson.text(new ApprovalValues().all(numbered)).getBytes(StandardCharsets.UTF_8));
            }
            packed = bytes.toByteArray();
        }
        out.defaultWriteObject();
    }

    static String count(int number) {
        return String.format(Locale.ROOT, "%,d", number);
    }

    public String seed() {
        return seed;
    }

    List<String> ids(CallbackTokens tokens) {
        return IntStream.range(0, Math.max(1, size))
                .mapToObj(index -> tokens.idOf(seed, index))
                .toList();
    }

    /** Returns whether an approval is one of a list. */
    boolean isEntry(int index) {
        return isListed() && index < listed();
    }

    /** Returns how many approvals stand in the list. */
    int listed() {
        return asked.question ? size - 1 : size;
    }

    /** Returns whether they are so many that the log has no line for each that succeeds. */
    boolean isListed() {
        return !asked.list.isEmpty() && !asked.rules;
    }

    boolean isRules() {
        return asked.rules;
    }

    int size() {
        return size;
    }

    Phase phase() {
        return phase;
    }

    @CheckForNull
    String environment() {
        return environment;
    }

    /** Returns the name for people. */
    String name() {
        return name;
    }

    /** Returns what the environments know of the wait. */
    public OpenApproval at(Place place) {
        return new OpenApproval(seed, name, place, phase, name + asked.argumentsKey, asked.failFast);
    }

    /**
     * Returns the approvals before they are written, in their order; empty once they are.
     *
     * @throws IOException if they cannot be read
     */
    List<Approval> approvals() throws IOException {
        List<Approval> known = approvals;
        byte[] bytes = packed;
        if (known != null || bytes == null) {
            return known == null ? List.of() : known;
        }
        var read = new ArrayList<Approval>();
        try (var zip = new GZIPInputStream(new ByteArrayInputStream(bytes))) {
            String text = new String(zip.readAllBytes(), StandardCharsets.UTF_8);
            new ApprovalValues().read(seed, StoredJson.object(seed, text).properties(), read::add);
        }
        return read;
    }

    void written() {
        approvals = List.of();
        packed = null;
    }
}
