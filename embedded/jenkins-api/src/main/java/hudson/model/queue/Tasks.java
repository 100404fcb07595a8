package hudson.model.queue;

import hudson.model.Queue;
import hudson.security.ACL;
import org.springframework.security.core.Authentication;

/** What there is to know about the tasks of the queue. */
public class Tasks {

    /** Whose rights the task has: the system's own, unless Jenkins is told otherwise. */
    public static Authentication getAuthenticationOf2(Queue.Task task) {
        return ACL.SYSTEM2;
    }
}
