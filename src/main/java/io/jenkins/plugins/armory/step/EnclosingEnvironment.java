package io.jenkins.plugins.armory.step;

import java.io.Serializable;

/** The environment around a step. {@code armoryEnvironment} puts it into the context of its body. */
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
