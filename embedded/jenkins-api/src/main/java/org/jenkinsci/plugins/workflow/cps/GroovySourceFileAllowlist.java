package org.jenkinsci.plugins.workflow.cps;

/** The Groovy sources that Pipelines may load from plugins. The embedded controller has no others and asks nobody. */
public abstract class GroovySourceFileAllowlist {

    public abstract boolean isAllowed(String groovySourceFileUrl);
}
