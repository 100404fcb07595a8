package org.jenkinsci.plugins.structs.describable;

import java.util.Map;

/** Lets a descriptor take arguments in other shapes than its constructor and setters do. */
public interface CustomDescribableModel {

    /** The arguments as the constructor and setters expect them, from those that the Pipeline gave. */
    default Map<String, Object> customInstantiate(Map<String, Object> arguments) {
        return arguments;
    }

    /** The arguments as a Pipeline is to give them, from those that the constructor and setters expect. */
    default UninstantiatedDescribable customUninstantiate(UninstantiatedDescribable step) {
        return step;
    }
}
