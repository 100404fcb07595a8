package org.jenkinsci.plugins.workflow.cps;

import com.cloudbees.groovy.cps.SerializableScript;

/** What Pipeline scripts inherit. */
public abstract class CpsScript extends SerializableScript {
    private static final long serialVersionUID = 1;
}
