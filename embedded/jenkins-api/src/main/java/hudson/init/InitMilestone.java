package hudson.init;

/** How far the controller has come with its start. */
public enum InitMilestone {
    PLUGINS_PREPARED,
    EXTENSIONS_AUGMENTED,
    JOB_LOADED,
    COMPLETED
}
