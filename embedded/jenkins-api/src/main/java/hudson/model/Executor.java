package hudson.model;

/** What runs builds and other tasks; the embedded controller has none. */
public class Executor {

    private Executor() {}

    /** The executor of this thread, or null. */
    public static Executor currentExecutor() {
        return null;
    }

    /** What it runs, or null. */
    public Queue.Executable getCurrentExecutable() {
        return null;
    }
}
