package io.jenkins.plugins.armory.runtime;

import io.jenkins.plugins.armory.approval.UntilWritten;
import io.jenkins.plugins.armory.bounds.Bound;
import io.jenkins.plugins.armory.storage.history.RulesChange;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.logging.Level;
import java.util.logging.Logger;

/**
 * The changes of environments in the settings that have no line in the history yet. While it cannot be written, the changes of one
 * environment become one, so that there are no more than environments. A crash meanwhile loses them.
 */
final class RulesChanges {

    private static final Logger LOGGER = Logger.getLogger(RulesChanges.class.getName());

    private final OpenStore store;
    private final UntilWritten again;

    /** By environment. Guarded by this. */
    private final Map<String, RulesChange> unwritten = new LinkedHashMap<>();

    /** @param again writes one after the other */
    RulesChanges(OpenStore store, UntilWritten again) {
        this.store = store;
        this.again = again;
    }

    void add(List<RulesChange> changes) {
        if (take(changes)) {
            store.whenOpen(
                    again,
                    () -> again.run(
                            this::write,
                            x -> LOGGER.log(Level.WARNING, "Cannot write changes of environments to the history", x)));
        }
    }

    /** Returns whether nobody writes them yet. */
    private synchronized boolean take(List<RulesChange> changes) {
        boolean first = unwritten.isEmpty();
        for (RulesChange change : changes) {
            if (unwritten.size() < Bound.LONG_LIST.most() || unwritten.containsKey(change.environment())) {
                unwritten.merge(change.environment(), change, RulesChange::and);
            } else {
                LOGGER.log(Level.SEVERE, "The history cannot be written and will not have: {0}", change);
            }
        }
        return first && !unwritten.isEmpty();
    }

    private void write() throws IOException {
        List<RulesChange> changes;
        synchronized (this) {
            changes = new ArrayList<>(unwritten.values());
        }
        store.open().store().record(changes);
        boolean more;
        synchronized (this) {
            changes.forEach(change -> unwritten.remove(change.environment(), change));
            more = !unwritten.isEmpty();
        }
        if (more) {
            write();
        }
    }
}
