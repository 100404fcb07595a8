package org.jenkinsci.plugins.structs;

import hudson.model.Descriptor;

/** Finds classes by their names in Pipelines. The embedded controller's Pipelines name none. */
public class SymbolLookup {

    public static SymbolLookup get() {
        return new SymbolLookup();
    }

    public Descriptor<?> findDescriptor(Class<?> type, String symbol) {
        return null;
    }
}
