package io.jenkins.plugins.armory.deploymentfile;

import io.jenkins.plugins.armory.deployment.DeploymentPlan.Step;

/** A condition or a step of a strategy as the file has it. It becomes a step of each target that uses it. */
@FunctionalInterface
interface Condition {

    /**
     * Returns the step of a target.
     *
     * @param id the id of the step in the plan
     * @param target the actions of the target
     */
    Step of(String id, TargetActions target);

    /** A {@code setWeight} step of a canary strategy. */
    record Weight(long percent) implements Condition {
        @Override
        public Step of(String id, TargetActions target) {
            return target.setWeight(id, percent);
        }
    }
}
