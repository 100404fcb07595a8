package org.jenkinsci.plugins.workflow.support.actions;

import hudson.model.InvisibleAction;
import java.io.IOException;
import org.jenkinsci.plugins.workflow.actions.PersistentAction;
import org.jenkinsci.plugins.workflow.graph.FlowNode;

/** Lets a node be shown as paused, for as long as it has no end time. */
public class PauseAction extends InvisibleAction implements PersistentAction {
    private long endTime;

    public PauseAction(String cause) {}

    public void setEndTime(long endTime) {
        this.endTime = endTime;
    }

    public boolean isPaused() {
        return endTime == 0;
    }

    public static void endCurrentPause(FlowNode node) throws IOException {
        var pause = node.getAction(PauseAction.class);
        if (pause != null) {
            pause.setEndTime(System.currentTimeMillis());
            node.save();
        }
    }
}
