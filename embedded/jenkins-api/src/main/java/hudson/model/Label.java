package hudson.model;

import java.util.Set;

/** A name for some nodes. */
public abstract class Label {

    public Set<Node> getNodes() {
        return Set.of();
    }
}
