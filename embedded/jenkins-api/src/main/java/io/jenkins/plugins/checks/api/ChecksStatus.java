package io.jenkins.plugins.checks.api;

/** The state of a check. */
public enum ChecksStatus {
    NONE,
    QUEUED,
    IN_PROGRESS,
    COMPLETED
}
