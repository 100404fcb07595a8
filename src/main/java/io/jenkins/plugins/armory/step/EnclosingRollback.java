package io.jenkins.plugins.armory.step;

import io.jenkins.plugins.armory.flow.RunsWhole;

/**
 * The rollback around a step. {@code armoryRollback} puts it into the context of its body.
 *
 * <p>It is a class and not a record because it is kept in a build's {@code program.dat}.
 */
final class EnclosingRollback implements RunsWhole {

    private static final long serialVersionUID = 1L;

    private final String step;

    EnclosingRollback(String step) {
        this.step = step;
    }

    @Override
    public String step() {
        return step;
    }
}
