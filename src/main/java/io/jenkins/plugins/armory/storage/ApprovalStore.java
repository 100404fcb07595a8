package io.jenkins.plugins.armory.storage;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import io.jenkins.plugins.armory.approval.Approval;
import io.jenkins.plugins.armory.approval.Approval.Transition;
import io.jenkins.plugins.armory.approval.ApprovalObserver;
import io.jenkins.plugins.armory.approval.ApprovalRepository;
import io.jenkins.plugins.armory.approval.Approvals;
import io.jenkins.plugins.armory.approval.BuildRef;
import io.jenkins.plugins.armory.approval.Event;
import io.jenkins.plugins.armory.approval.UntilWritten;
import io.jenkins.plugins.armory.build.BuildState;
import io.jenkins.plugins.armory.storage.disk.StoredJson;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executor;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import java.util.function.Predicate;
import java.util.logging.Level;
import java.util.logging.Logger;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.kohsuke.accmod.Restricted;
import org.kohsuke.accmod.restrictions.NoExternalUse;

/**
 * The approvals of a controller: each is in the log of its build, see {@link BuildState}, and those of builds that are not over are in
 * memory. Below one folder there are besides:
 *
 * <pre>
 * open/KEY    a build whose log has something open, see {@link Markers}
 * history/    a line for each decision and deployment, see {@link History}
 * </pre>
 *
 * When a method that changes an approval returns, the change is on disk.
 */
@Restricted(NoExternalUse.class)
public final class ApprovalStore implements ApprovalRepository {

    private static final Logger LOGGER = Logger.getLogger(ApprovalStore.class.getName());
    private static final Pattern ID = Pattern.compile("[a-z0-9]{1,64}");

    static final int RECENT = 100;

    /** The length of what the ids of all approvals of a build begin with. */
    private static final int KEY = 16;

    /** How many approvals of builds that are over are found by their ids. */
    private static final int REMEMBERED = 10_000;

    /** What is known of the builds. */
    public interface Builds {

        /**
         * Returns the state of a build.
         *
         * @throws IOException if it cannot be read, or if the build is not there now
         */
        BuildState of(BuildRef build) throws IOException;

        /** Returns whether there is such a build now. */
        boolean isThere(BuildRef build);

        /** Returns whether a build is over. */
        boolean isOver(BuildRef build);
    }

    private final ApprovalMemory memory = new ApprovalMemory();
    private final RecentDecisions recent = new RecentDecisions(RECENT);
    private final Path folder;
    private final Builds builds;
    private final Markers markers;
    private final History history;
    private final List<ApprovalObserver> followers = new CopyOnWriteArrayList<>();

    /** The states of the builds whose approvals are in memory: as long as they are here, nobody opens another. */
    private final Map<BuildRef, BuildState> states = new ConcurrentHashMap<>();

    /** The builds of approvals that are in memory no more, by id. Guarded by itself. */
    private final Map<String, BuildRef> over = new LinkedHashMap<>() {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<String, BuildRef> eldest) {
            return size() > REMEMBERED;
        }
    };

    private final AtomicBoolean settling = new AtomicBoolean();
    private volatile Runnable settleSoon = () -> {};
    private volatile boolean closed;

    @CheckForNull
    private volatile IOException failure;

    private ApprovalStore(Path folder, Builds builds) throws IOException {
        this.folder = folder;
        this.builds = builds;
        history = new History(folder.resolve("history"));
        markers = new Markers(folder.resolve("open"));
    }

    /**
     * Opens the approvals of all builds that have something open. One whose log cannot be read holds up no other.
     *
     * @throws IOException if the folder cannot be created or read
     */
    public static ApprovalStore open(Path folder, Builds builds) throws IOException {
        var store = new ApprovalStore(folder, builds);
        store.history.readDecisions((id, build) -> {
            synchronized (store.over) {
                store.over.put(id, build);
            }
        });
        for (BuildRef build : store.markers.builds()) {
            try {
                store.takeUp(build);
            } catch (IOException | RuntimeException x) {
                LOGGER.log(Level.WARNING, x, () -> "The approvals of " + build + " cannot be read now");
                if (!builds.isThere(build)) {
                    store.markers.removeMissing(build, Instant.now());
                }
            }
        }
        return store;
    }

    /** Writes the history in the background, and lets go of builds that are over. */
    public ApprovalStore settling(ScheduledExecutorService timer, Executor executor) {
        var again = new UntilWritten(timer, executor);
        settleSoon = () -> {
            if (settling.compareAndSet(false, true)) {
                executor.execute(() -> again.run(
                        this::settle,
                        x -> LOGGER.log(
                                Level.WARNING, "Cannot write the history; trying again until it can be written", x)));
            }
        };
        executor.execute(this::readRecent);
        settleSoon.run();
        return this;
    }

    /** Reads the newest decisions of builds that are over, for the page of all approvals. */
    private void readRecent() {
        List<Map.Entry<String, BuildRef>> all;
        synchronized (over) {
            all = List.copyOf(over.entrySet());
        }
        for (Map.Entry<String, BuildRef> each : all.subList(Math.max(0, all.size() - RECENT), all.size())) {
            try {
                find(each.getKey()).ifPresent(recent::put);
            } catch (IOException x) {
                LOGGER.log(Level.FINE, x, () -> "The approvals of " + each.getValue() + " cannot be read");
            }
        }
    }

    private void settle() throws IOException {
        settling.set(false);
        history.write();
        for (BuildRef build : markers.builds()) {
            BuildState state = states.get(build);
            if (state != null && builds.isOver(build) && letsGo(build, state.approvals())) {
                markers.remove(build);
            }
        }
    }

    /** Removes approvals from memory, if nothing is left to do for them. */
    private boolean letsGo(BuildRef build, List<Approval> all) {
        synchronized (memory) {
            for (Approval each : all) {
                Approval known = memory.find(each.id());
                if (known == null || !known.isClosed() || history.lacks(each.id())) {
                    return false;
                }
            }
            synchronized (over) {
                all.forEach(each -> over.put(each.id(), build));
            }
            all.forEach(each -> memory.remove(each.id()));
            states.remove(build);
            return true;
        }
    }

    /** Takes note that a build is over. */
    public void ended() {
        settleSoon.run();
    }

    /**
     * Takes up the approvals of a build that has any, if it is not known, as one whose job was renamed while Jenkins was down.
     *
     * @throws IOException if they cannot be read, or if the build is not there now
     */
    public void takeUp(BuildRef build) throws IOException {
        if (!states.containsKey(build)) {
            BuildState state = builds.of(build);
            List<Approval> all = state.approvals();
            if (!all.isEmpty()) {
                states.put(build, state);
                markers.add(keyOf(all.get(0).id()), build, all.get(0).deadline()); // under the present name
                List<Approval> decided =
                        all.stream().filter(Approval::isDecided).toList();
                history.takeUp(decided);
                all.forEach(memory::add);
                decided.forEach(recent::put);
            }
        }
    }

    @Override
    public void create(List<Approval> approvals) throws IOException {
        long size = 0;
        for (Approval approval : approvals) {
            if (!ID.matcher(approval.id()).matches() || approval.isDecided()) {
                throw new IllegalArgumentException("not a new approval: " + approval);
            }
            size += StoredJson.write(approval).length;
            Approvals.checkTogether(size);
        }
        checkOpen();
        Map<BuildRef, List<Approval>> ofBuilds = approvals.stream()
                .collect(Collectors.groupingBy(Approval::build, LinkedHashMap::new, Collectors.toList()));
        for (Map.Entry<BuildRef, List<Approval>> each : ofBuilds.entrySet()) {
            BuildRef build = each.getKey();
            BuildState state = builds.of(build);
            Instant deadline = each.getValue().stream()
                    .map(Approval::deadline)
                    .max(Comparator.naturalOrder())
                    .orElseThrow();
            markers.add(keyOf(each.getValue().get(0).id()), build, deadline);
            try {
                noting(() -> state.create(each.getValue()));
            } catch (IOException x) {
                if (!states.containsKey(build)) {
                    markers.remove(build);
                }
                throw x;
            }
            states.put(build, state);
            each.getValue().forEach(memory::add);
            each.getValue().forEach(approval -> tell(follower -> follower.created(approval)));
        }
    }

    private void checkOpen() throws IOException {
        if (closed) {
            throw new IOException("the approvals are closed, since Jenkins is going down");
        }
    }

    /** A write. */
    private interface Write {
        void run() throws IOException;
    }

    /** Writes, and takes note of why that is not possible, for administrators. */
    private void noting(Write write) throws IOException {
        try {
            write.run();
            failure = null;
        } catch (IOException x) {
            failure = x;
            throw x;
        }
    }

    @Override
    public Optional<Approval> find(String id) throws IOException {
        Optional<Approval> inMemory = findInMemory(id);
        if (inMemory.isPresent()) {
            return inMemory;
        }
        BuildRef build;
        synchronized (over) {
            build = over.get(id);
        }
        if (build != null) {
            return builds.isThere(build) ? builds.of(build).approval(id) : Optional.empty();
        }
        Optional<BuildRef> marked =
                markers.find(keyOf(id)); // whose log could not be read, or whose disk was not mounted
        return marked.isEmpty() ? Optional.empty() : builds.of(marked.get()).approval(id);
    }

    /** Returns what the ids of all approvals of a build begin with. */
    public static String keyOf(String id) {
        return id.substring(0, Math.min(KEY, id.length()));
    }

    @Override
    public Optional<Approval> findInMemory(String id) {
        return Optional.ofNullable(memory.find(id));
    }

    @Override
    public List<Transition> apply(Collection<String> ids, Event event, Instant now) throws IOException {
        checkOpen();
        var ofBuilds = new LinkedHashMap<BuildRef, List<String>>();
        for (String id : ids) {
            find(id).ifPresent(approval -> ofBuilds.computeIfAbsent(approval.build(), build -> new ArrayList<>())
                    .add(id));
        }
        var transitions = new ArrayList<Transition>();
        for (Map.Entry<BuildRef, List<String>> each : ofBuilds.entrySet()) {
            transitions.addAll(apply(each.getKey(), each.getValue(), event, now));
        }
        return transitions;
    }

    private List<Transition> apply(BuildRef build, List<String> ids, Event event, Instant now) throws IOException {
        BuildState known = states.get(build);
        BuildState state = known == null ? builds.of(build) : known;
        var transitions = new ArrayList<Transition>();
        noting(() -> transitions.addAll(state.apply(ids, event, now)));
        for (Transition each : transitions) {
            String id = each.approval().id();
            if (known == null || each.approval().equals(memory.find(id))) {
                continue;
            }
            Approval after;
            boolean isNew;
            synchronized (memory) {
                Approval before = memory.find(id);
                if (before == null) {
                    continue; // it was let go of, or its build is deleted
                }
                after = state.approval(id).orElse(each.approval()); // with what has come meanwhile
                isNew = after.isDecided() && !before.isDecided();
                if (isNew) {
                    history.take(after);
                }
                memory.add(after);
            }
            if (after.isDecided()) {
                recent.put(after); // also when a later attempt is noted
                settleSoon.run();
            }
            if (isNew) {
                tell(follower -> follower.decided(after));
            }
            tell(follower -> follower.changed(after.id()));
        }
        return transitions;
    }

    private void tell(Consumer<ApprovalObserver> message) {
        for (ApprovalObserver follower : followers) {
            try {
                message.accept(follower);
            } catch (RuntimeException | Error x) { // an Error where its plugin is gone
                LOGGER.log(Level.WARNING, "A listener has failed", x);
            }
        }
    }

    @Override
    public void follow(ApprovalObserver observer) {
        followers.add(observer);
    }

    @Override
    public Collection<Approval> pending() {
        return memory.pending();
    }

    @Override
    public List<Approval> outstanding() {
        return memory.outstanding();
    }

    @Override
    public List<Approval> recentlyDecided() {
        return recent.list();
    }

    /** Returns why the last change could not be written; empty if it was, or if there was none. */
    public Optional<String> problem() {
        return Optional.ofNullable(failure).map(x -> folder + ": " + x);
    }

    /**
     * Returns the history with all decisions so far.
     *
     * @throws IOException if decisions could not be written to it
     */
    public History history() throws IOException {
        history.write();
        return history;
    }

    @Override
    public List<String> remove(Predicate<BuildRef> gone) {
        try {
            history.write();
        } catch (IOException x) {
            LOGGER.log(Level.WARNING, "Cannot write decisions to the history, and their builds are deleted", x);
        }
        var ids = new ArrayList<String>();
        for (BuildRef build : markers.builds()) {
            if (gone.test(build)) {
                BuildState state = states.remove(build);
                if (state != null) { // of one that cannot be read, nothing is in memory
                    state.approvals().forEach(approval -> ids.add(approval.id()));
                }
                markers.remove(build);
            }
        }
        ids.forEach(memory::remove);
        recent.remove(gone);
        return ids;
    }

    @Override
    public void renamed(String before, String after) {
        for (BuildRef build : markers.builds()) {
            BuildRef now = build.renamed(before, after);
            BuildState state = states.get(build);
            if (!now.equals(build) && state != null) {
                state.renamed(now.job());
                states.put(now, state);
                states.remove(build);
                state.approvals().forEach(memory::add);
            }
            markers.renamed(build, now);
        }
        recent.replaceAll(approval ->
                approval.ofJob(approval.build().renamed(before, after).job()));
        synchronized (over) {
            over.replaceAll((id, build) -> build.renamed(before, after));
        }
    }

    @Override
    public void close() {
        closed = true;
        try {
            history.write();
        } catch (IOException x) {
            LOGGER.log(Level.WARNING, "Cannot write the history; the next start does", x);
        }
        history.close();
    }
}
