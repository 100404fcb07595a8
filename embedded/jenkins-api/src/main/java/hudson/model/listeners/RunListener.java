package hudson.model.listeners;

import hudson.ExtensionList;
import hudson.ExtensionPoint;
import hudson.model.Run;
import hudson.model.TaskListener;

/**
 * Hears of the builds' lives.
 *
 * @param <R> the type of builds; the embedded controller has one only
 */
public abstract class RunListener<R extends Run> implements ExtensionPoint {

    protected RunListener() {}

    /** The result stands, the log is still open. */
    public void onCompleted(R r, TaskListener listener) {}

    /** The build is over. */
    public void onFinalized(R r) {}

    /** The build is about to be deleted. */
    public void onDeleted(R r) {}

    @SuppressWarnings("rawtypes")
    public static ExtensionList<RunListener> all() {
        return ExtensionList.lookup(RunListener.class);
    }
}
