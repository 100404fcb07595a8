package io.jenkins.plugins.armory.runtime;

import com.google.common.util.concurrent.MoreExecutors;
import hudson.ExtensionList;
import hudson.security.ACL;
import hudson.security.ACLContext;
import io.jenkins.plugins.armory.api.ApprovalListener;
import io.jenkins.plugins.armory.approval.Approval;
import io.jenkins.plugins.armory.approval.ApprovalFollower;
import io.jenkins.plugins.armory.approval.Progress;
import java.util.concurrent.Executor;
import java.util.function.Consumer;
import java.util.logging.Level;
import java.util.logging.Logger;

/** Passes the changes of approvals on to the {@link ApprovalListener}s, one after the other. */
final class ApprovalEvents implements ApprovalFollower {

    private static final Logger LOGGER = Logger.getLogger(ApprovalEvents.class.getName());

    private final Executor executor;

    ApprovalEvents(Executor executor) {
        this.executor = MoreExecutors.newSequentialExecutor(executor);
    }

    @Override
    public void created(Approval approval) {
        tell(listener -> listener.created(new ApprovalSnapshot(approval)));
    }

    @Override
    public void waiting(Approval approval) {
        tell(listener -> listener.waiting(new ApprovalSnapshot(approval)));
    }

    @Override
    public void progressed(Approval approval, Progress progress) {
        tell(listener -> listener.progressed(new ApprovalSnapshot(approval), progress.percent(), progress.mdMessage()));
    }

    @Override
    public void decided(Approval approval) {
        tell(listener -> listener.decided(new ApprovalSnapshot(approval)));
    }

    private void tell(Consumer<ApprovalListener> event) {
        executor.execute(() -> {
            try (ACLContext ignored = ACL.as2(ACL.SYSTEM2)) {
                for (ApprovalListener listener : ExtensionList.lookup(ApprovalListener.class)) {
                    tell(listener, event);
                }
            }
        });
    }

    private static void tell(ApprovalListener listener, Consumer<ApprovalListener> event) {
        try {
            event.accept(listener);
        } catch (RuntimeException | LinkageError x) { // a listener is another plugin's
            LOGGER.log(Level.WARNING, listener.getClass().getName() + " failed", x);
        }
    }
}
