package org.jenkinsci.plugins.pipeline.modeldefinition.withscript;

import hudson.model.AbstractDescribableImpl;
import java.io.Serializable;

/** A part of a Declarative Pipeline that comes with a script; the embedded controller runs none. */
public abstract class WithScriptDescribable<T extends WithScriptDescribable<T>> extends AbstractDescribableImpl<T>
        implements Serializable {
    private static final long serialVersionUID = 1;
}
