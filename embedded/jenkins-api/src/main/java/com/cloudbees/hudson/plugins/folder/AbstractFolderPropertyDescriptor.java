package com.cloudbees.hudson.plugins.folder;

import hudson.model.Descriptor;

/** Describes what is set on folders. */
public abstract class AbstractFolderPropertyDescriptor extends Descriptor<AbstractFolderProperty<?>> {}
