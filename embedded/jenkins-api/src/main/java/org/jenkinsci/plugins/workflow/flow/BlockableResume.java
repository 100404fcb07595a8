package org.jenkinsci.plugins.workflow.flow;

/** Something that may be kept from going on after a restart of Jenkins. */
public interface BlockableResume {

    boolean isResumeBlocked();
}
