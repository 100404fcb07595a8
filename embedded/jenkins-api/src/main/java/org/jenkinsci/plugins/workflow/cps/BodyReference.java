package org.jenkinsci.plugins.workflow.cps;

import java.io.Serializable;

/** A closure of a Pipeline that is the body of a step. */
abstract class BodyReference implements Serializable {
    private static final long serialVersionUID = 1;
}
