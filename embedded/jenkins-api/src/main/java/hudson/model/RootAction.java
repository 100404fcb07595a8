package hudson.model;

import hudson.ExtensionPoint;

/** A page directly below the Jenkins URL. */
public interface RootAction extends Action, ExtensionPoint {}
