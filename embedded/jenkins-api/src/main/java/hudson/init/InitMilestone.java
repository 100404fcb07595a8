package hudson.init;

/** How far the controller has come with its start. */
public enum InitMilestone {
    COMPLETED
}
