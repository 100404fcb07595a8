package hudson.init;

/** How far the controller has come with its start. */
public enum InitMilestone {
    PLUGINS_PREPARED,
    JOB_LOADED,
    COMPLETED
}
