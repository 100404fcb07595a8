package hudson.model;

import hudson.ExtensionPoint;

/** A {@link RootAction} that Jenkins serves without Overall/Read: it decides itself whom it answers. */
public interface UnprotectedRootAction extends RootAction, ExtensionPoint {}
