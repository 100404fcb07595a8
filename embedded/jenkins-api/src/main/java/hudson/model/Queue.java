package hudson.model;

import hudson.ExtensionPoint;
import hudson.model.queue.SubTask;
import hudson.security.ACL;
import java.util.Calendar;
import java.util.List;
import org.springframework.security.core.Authentication;

/** What waits for an executor; the embedded controller runs all builds at once. */
public class Queue {

    public interface Task extends SubTask {

        String getName();

        String getFullDisplayName();

        String getUrl();

        default Authentication getDefaultAuthentication2() {
            return ACL.SYSTEM2;
        }
    }

    public interface Executable {}

    /** A task that takes no executor. */
    public interface FlyweightTask extends Task {}

    public abstract static class Item extends Actionable {
        public final Task task;

        Item(Task task) {
            this.task = task;
        }

        @Override
        public String getDisplayName() {
            return null;
        }

        public Label getAssignedLabel() {
            return task.getAssignedLabel();
        }
    }

    /** Is asked before something is scheduled. */
    public abstract static class QueueDecisionHandler implements ExtensionPoint {

        public abstract boolean shouldSchedule(Task p, List<Action> actions);
    }

    public static final class WaitingItem extends Item {

        public WaitingItem(Calendar timestamp, Task project, List<Action> actions) {
            super(project);
        }
    }

    public abstract static class NotWaitingItem extends Item {

        NotWaitingItem(WaitingItem wi) {
            super(wi.task);
        }
    }

    public static final class BuildableItem extends NotWaitingItem {

        public BuildableItem(WaitingItem wi) {
            super(wi);
        }
    }
}
