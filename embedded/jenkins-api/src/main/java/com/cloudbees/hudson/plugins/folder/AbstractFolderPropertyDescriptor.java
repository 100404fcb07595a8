package com.cloudbees.hudson.plugins.folder;

import hudson.model.Descriptor;
import net.sf.json.JSONObject;
import org.kohsuke.stapler.StaplerRequest2;

/** Describes what is set on folders. */
public abstract class AbstractFolderPropertyDescriptor extends Descriptor<AbstractFolderProperty<?>> {

    /** Makes what a form says; the embedded controller has no forms. */
    public AbstractFolderProperty<?> newInstance(StaplerRequest2 request, JSONObject json) throws FormException {
        throw new UnsupportedOperationException();
    }
}
