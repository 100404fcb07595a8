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

    public abstract static class Item extends Actionable {}

    /** Is asked before something is scheduled. */
    public abstract static class QueueDecisionHandler implements ExtensionPoint {

        public abstract boolean shouldSchedule(Task p, List<Action> actions);
    }

    public static final class WaitingItem {

        public WaitingItem(Calendar timestamp, Task project, List<Action> actions) {}
    }

    public static final class BuildableItem {

        public BuildableItem(WaitingItem wi) {}
    }
}
