package org.jenkinsci.plugins.structs.describable;

import java.util.Map;

/** Lets a descriptor take arguments in other shapes than its constructor and setters do. */
public interface CustomDescribableModel {

    default Map<String, Object> customInstantiate(Map<String, Object> arguments) {
        return arguments;
    }

    default UninstantiatedDescribable customUninstantiate(UninstantiatedDescribable step) {
        return step;
    }
}
