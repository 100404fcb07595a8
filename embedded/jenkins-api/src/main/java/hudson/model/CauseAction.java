package hudson.model;

import hudson.model.queue.FoldableAction;
import java.util.List;

/** Why something runs. */
public abstract class CauseAction implements FoldableAction {

    public List<Cause> getCauses() {
        return List.of();
    }
}
