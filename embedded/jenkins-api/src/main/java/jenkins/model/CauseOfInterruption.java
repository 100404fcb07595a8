package jenkins.model;

import hudson.model.TaskListener;
import java.io.Serializable;

/** Why something was interrupted. */
public abstract class CauseOfInterruption implements Serializable {
    private static final long serialVersionUID = 1;

    public abstract String getShortDescription();

    public void print(TaskListener listener) {
        listener.getLogger().println(getShortDescription());
    }

    public static final class UserInterruption extends CauseOfInterruption {
        private static final long serialVersionUID = 1;

        private final String user;

        public UserInterruption(String userId) {
            user = userId;
        }

        @Override
        public String getShortDescription() {
            return "Aborted by " + user;
        }
    }
}
