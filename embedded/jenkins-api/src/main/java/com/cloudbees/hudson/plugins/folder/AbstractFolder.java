package com.cloudbees.hudson.plugins.folder;

import hudson.model.Item;
import hudson.model.ItemGroup;
import hudson.util.DescribableList;

/** A folder; the embedded controller has none. */
public abstract class AbstractFolder<I extends Item> implements Item, ItemGroup<I> {

    public DescribableList<AbstractFolderProperty<?>, AbstractFolderPropertyDescriptor> getProperties() {
        return new DescribableList<>();
    }
}
