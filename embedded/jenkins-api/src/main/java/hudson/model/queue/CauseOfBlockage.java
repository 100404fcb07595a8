package hudson.model.queue;

/** Why something cannot run. */
public abstract class CauseOfBlockage {

    public abstract String getShortDescription();
}
