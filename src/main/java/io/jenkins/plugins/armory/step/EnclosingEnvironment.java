package io.jenkins.plugins.armory.step;

import java.io.Serializable;

/** What the steps in the body of {@code armoryEnvironment} find in their contexts. */
final class EnclosingEnvironment implements Serializable {

    private static final long serialVersionUID = 1L;

    private final String name;

    EnclosingEnvironment(String name) {
        this.name = name;
    }

    String name() {
        return name;
    }
}
