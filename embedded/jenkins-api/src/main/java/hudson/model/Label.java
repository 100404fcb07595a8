package hudson.model;

import hudson.model.labels.LabelAtom;
import hudson.slaves.Cloud;
import java.util.Collection;
import java.util.Set;

/** A name for some nodes. */
public abstract class Label {

    public Set<Node> getNodes() {
        return Set.of();
    }

    public boolean isEmpty() {
        return getNodes().isEmpty() && getClouds().isEmpty();
    }

    public Set<Cloud> getClouds() {
        return Set.of();
    }

    public Set<LabelAtom> listAtoms() {
        return Set.of();
    }

    public final boolean matches(Collection<LabelAtom> labels) {
        return false;
    }
}
