package com.cloudbees.hudson.plugins.folder.computed;

import com.cloudbees.hudson.plugins.folder.AbstractFolder;
import hudson.model.Item;

/** A folder whose jobs a scan makes, as a multibranch project; the embedded controller has none. */
public abstract class ComputedFolder<I extends Item> extends AbstractFolder<I> {}
