package io.jenkins.plugins.armory.call;

import io.jenkins.plugins.armory.approval.Approval;
import io.jenkins.plugins.armory.store.ApprovalObserver;
import java.util.List;

/** An observer that keeps the lines for the build's log. */
record NotingObserver(List<String> log) implements ApprovalObserver {

    @Override
    public void note(String line) {
        log.add(line);
    }

    @Override
    public void decided(Approval approval) {
        // the tests look at the approval itself
    }
}
