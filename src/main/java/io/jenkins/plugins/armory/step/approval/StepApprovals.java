package io.jenkins.plugins.armory.step.approval;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import io.jenkins.plugins.armory.approval.OpenApproval;
import io.jenkins.plugins.armory.approval.Phase;
import io.jenkins.plugins.armory.approval.Place;
import io.jenkins.plugins.armory.callback.token.CallbackTokens;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.ObjectInputFilter;
import java.io.ObjectInputStream;
import java.io.ObjectOutputStream;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.IntStream;
import java.util.zip.GZIPInputStream;
import java.util.zip.GZIPOutputStream;
import org.kohsuke.accmod.Restricted;
import org.kohsuke.accmod.restrictions.NoExternalUse;

/**
 * The approvals of one place and phase that a step waits for, as the program has them: drafts until they are written,
 * and then no more than a seed for their ids.
 */
@Restricted(NoExternalUse.class)
public final class StepApprovals implements Serializable {

    private static final long serialVersionUID = 1L;
    private static final ObjectInputFilter KNOWN =
            ObjectInputFilter.Config.createFilter("io.jenkins.plugins.armory.**;java.base/*;!*");

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

    /**
     * {@code null} once the approvals are written. Compressed, since they differ in little and each save of the program
     * has them.
     */
    @CheckForNull
    private volatile byte[] packed;

    /**
     * @param seed the id of the first approval, by which the environments know all of them
     * @param environment that they belong to, {@code null} for the enclosing stage
     * @param drafts empty if the step's arguments are mistaken
     */
    public StepApprovals(String seed, Phase phase, @CheckForNull String environment, Asked asked, List<Draft> drafts)
            throws IOException {
        this.seed = seed;
        this.phase = phase;
        this.environment = environment;
        this.asked = asked;
        packed = packed(drafts);
        size = drafts.size();
        name = isListed() || drafts.isEmpty()
                ? count(size) + " approvals"
                : asked.rules ? asked.list : drafts.get(0).name();
    }

    private static byte[] packed(List<Draft> drafts) throws IOException {
        var bytes = new ByteArrayOutputStream();
        try (var out = new ObjectOutputStream(new GZIPOutputStream(bytes))) {
            out.writeObject(new ArrayList<>(drafts));
        }
        return bytes.toByteArray();
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

    /**
     * Returns what messages call an approval: an entry as its draft says, a rule and a question about all by the list,
     * others by nothing.
     */
    String pathOf(int index, Draft draft) {
        return isEntry(index) ? draft.terms().path() : asked.list;
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
     * Returns the drafts, in the order of the approvals; empty once these are written.
     *
     * @throws IOException if they cannot be read
     */
    @SuppressWarnings("unchecked")
    List<Draft> drafts() throws IOException {
        byte[] bytes = packed;
        if (bytes == null) {
            return List.of();
        }
        try (var in = new ObjectInputStream(new GZIPInputStream(new ByteArrayInputStream(bytes)))) {
            in.setObjectInputFilter(KNOWN);
            return (List<Draft>) in.readObject();
        } catch (ClassNotFoundException x) {
            throw new IOException(x);
        }
    }

    void written() {
        packed = null;
    }
}
