package io.jenkins.plugins.armory.acceptance.generator;

/** The results of builds that there can be here; the worst last, as Jenkins has it. */
enum Result {
    SUCCESS,
    UNSTABLE,
    FAILURE,
    ABORTED
}
