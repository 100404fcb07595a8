package hudson.model.queue;

import hudson.model.Label;
import hudson.model.ModelObject;
import hudson.model.Queue;
import java.io.IOException;

/** A part of a {@link Queue.Task} that takes one executor. */
public interface SubTask extends ModelObject {

    /** Where it has to run, or null for anywhere. */
    default Label getAssignedLabel() {
        return null;
    }

    Queue.Executable createExecutable() throws IOException;

    default Queue.Task getOwnerTask() {
        return (Queue.Task) this;
    }

    /** The build that this is a part of, or null. */
    default Queue.Executable getOwnerExecutable() {
        return null;
    }
}
