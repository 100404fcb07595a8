package hudson.model;

/** What waits for an executor; the embedded controller runs all builds at once. */
public class Queue {

    /** Something that can wait. */
    public interface Task {
    }

    /** Something that is run. */
    public interface Executable {
    }
}
