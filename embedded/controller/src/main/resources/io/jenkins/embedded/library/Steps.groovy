package io.jenkins.embedded

import org.jenkinsci.plugins.workflow.steps.FlowInterruptedException

/**
 * The steps with a body. They are written in Groovy and transformed as Pipelines are, so that they are saved and resumed
 * with the Pipeline around them.
 */
abstract class Steps extends PipelineScript {

    def stage(Object arguments, Closure body) {
        def name = StepSupport.named('stage', arguments, 'name').name.toString()
        StepSupport.started('stage')
        try {
            return Body.run(name, [STAGE_NAME: name], body)
        } finally {
            StepSupport.ended('stage')
        }
    }

    def node(Closure body) {
        return node('', body)
    }

    /** The embedded controller has no agents: whatever the label, the body runs on the controller. */
    def node(Object arguments, Closure body) {
        StepSupport.named('node', arguments, 'label')
        StepSupport.started('node')
        try {
            return Body.run(null, StepSupport.workspace(), body)
        } finally {
            StepSupport.ended('node')
        }
    }

    def timeout(Object arguments, Closure body) {
        def millis = StepSupport.millis(StepSupport.named('timeout', arguments, 'time', 'unit'), 'MINUTES')
        StepSupport.started('timeout')
        def deadline = StepSupport.deadline(millis)
        try {
            return Body.run(null, [:], body)
        } catch (FlowInterruptedException e) {
            throw deadline.outside(e)
        } finally {
            deadline.close()
            StepSupport.ended('timeout')
        }
    }

    def retry(Object arguments, Closure body) {
        def left = StepSupport.named('retry', arguments, 'count').count as int
        StepSupport.started('retry')
        try {
            while (true) {
                try {
                    return Body.run(null, [:], body)
                } catch (Throwable e) {
                    left--
                    if (left <= 0 || StepSupport.isOrderToStop(e)) {
                        throw e
                    }
                    StepSupport.report(e)
                    StepSupport.log('Retrying')
                }
            }
        } finally {
            StepSupport.ended('retry')
        }
    }

    def catchError(Closure body) {
        return catchError([:], body)
    }

    /** The embedded controller has no stage view, so the stage's result is not shown anywhere. */
    def catchError(Object arguments, Closure body) {
        def given = StepSupport.named('catchError', arguments, 'message', 'buildResult', 'stageResult', 'catchInterruptions')
        StepSupport.started('catchError')
        try {
            Body.run(null, [:], body)
        } catch (Throwable e) {
            if (given.catchInterruptions == false && StepSupport.isOrderToStop(e)) {
                throw e
            }
            if (given.message) {
                StepSupport.log(given.message)
            }
            StepSupport.report(e)
            StepSupport.setResult(given.buildResult ?: 'FAILURE')
        } finally {
            StepSupport.ended('catchError')
        }
    }
}

/** The body of a step. */
class Body {

    /** Runs it with additional variables around it. */
    static run(String label, Map variables, Closure body) {
        def outer = StepSupport.enter(label, variables)
        try {
            return body()
        } finally {
            StepSupport.leave(outer)
        }
    }
}
