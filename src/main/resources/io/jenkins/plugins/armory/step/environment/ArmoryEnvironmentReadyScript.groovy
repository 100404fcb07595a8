package io.jenkins.plugins.armory.step.environment

import org.jenkinsci.plugins.pipeline.modeldefinition.when.DeclarativeStageConditionalScript
import org.jenkinsci.plugins.workflow.cps.CpsScript

class ArmoryEnvironmentReadyScript extends DeclarativeStageConditionalScript<ArmoryEnvironmentReady> {

    ArmoryEnvironmentReadyScript(CpsScript script, ArmoryEnvironmentReady condition) {
        super(script, condition)
    }

    @Override
    boolean evaluate() {
        boolean ready = describable.isReady(script.$build())
        String unknown = describable.whyUnknown(script.$build())
        if (unknown != null) {
            script.echo(unknown)
        }
        return ready
    }
}
