package io.jenkins.plugins.armory.step

import org.jenkinsci.plugins.pipeline.modeldefinition.when.DeclarativeStageConditionalScript
import org.jenkinsci.plugins.workflow.cps.CpsScript

class ArmoryEnvironmentReadyScript extends DeclarativeStageConditionalScript<ArmoryEnvironmentReady> {

    ArmoryEnvironmentReadyScript(CpsScript script, ArmoryEnvironmentReady condition) {
        super(script, condition)
    }

    @Override
    boolean evaluate() {
        return describable.isReady(script.$build())
    }
}
