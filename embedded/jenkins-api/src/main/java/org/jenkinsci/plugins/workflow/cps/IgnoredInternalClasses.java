package org.jenkinsci.plugins.workflow.cps;

import hudson.ExtensionPoint;

/** Is asked before each call that a Pipeline of Jenkins makes. The embedded controller asks nobody. */
public interface IgnoredInternalClasses extends ExtensionPoint {

    boolean ignore(Class<?> clazz);
}
