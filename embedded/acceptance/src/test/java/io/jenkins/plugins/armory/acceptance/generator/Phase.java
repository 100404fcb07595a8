package io.jenkins.plugins.armory.acceptance.generator;

/** The phase of an approval. */
enum Phase {
    BEFORE_DEPLOYMENT("beforeDeployment"),
    STRATEGY("strategy"),
    AFTER_DEPLOYMENT("afterDeployment");

    private final String parameter;

    Phase(String parameter) {
        this.parameter = parameter;
    }

    /** As the step's parameter. */
    String parameter() {
        return parameter;
    }
}
