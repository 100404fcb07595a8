package io.jenkins.embedded

import org.jenkinsci.plugins.workflow.steps.FlowInterruptedException

/**
 * The steps with a body. They are written in Groovy and transformed as Pipelines are, so that they are saved and resumed
 * with the Pipeline around them.
 */
abstract class Steps extends PipelineScript {

    def node(Closure body) {
        return node('', body)
    }

    /** The embedded controller has no agents: whatever the label, the body runs on the controller. */
    def node(Object arguments, Closure body) {
        StepSupport.named('node', arguments, 'label')
        StepSupport.begin('node')
        try {
            return Body.run(StepSupport.workspace(), body)
        } finally {
            StepSupport.end('node')
        }
    }

    def timeout(Object arguments, Closure body) {
        def millis = StepSupport.millis(StepSupport.named('timeout', arguments, 'time', 'unit'), 'MINUTES')
        StepSupport.begin('timeout')
        def deadline = StepSupport.deadline(millis)
        try {
            return Body.run([:], body)
        } catch (FlowInterruptedException e) {
            throw deadline.outside(e)
        } finally {
            deadline.close()
            StepSupport.end('timeout')
        }
    }

    def retry(Object arguments, Closure body) {
        def left = StepSupport.named('retry', arguments, 'count').count as int
        StepSupport.begin('retry')
        try {
            while (true) {
                try {
                    return Body.run([:], body)
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
            StepSupport.end('retry')
        }
    }

    def catchError(Closure body) {
        return catchError([:], body)
    }

    def catchError(Object arguments, Closure body) {
        def given = StepSupport.named('catchError', arguments, 'message', 'buildResult', 'stageResult', 'catchInterruptions')
        StepSupport.begin('catchError')
        try {
            Body.run([:], body)
        } catch (Throwable e) {
            if (given.catchInterruptions == false && StepSupport.isOrderToStop(e)) {
                throw e
            }
            if (given.message) {
                StepSupport.log(given.message)
            }
            StepSupport.report(e)
            StepSupport.setResult(given.buildResult ?: 'FAILURE')
            StepSupport.showResult(given.stageResult ?: 'SUCCESS')
        } finally {
            StepSupport.end('catchError')
        }
    }
}

/** The body of a step. */
class Body {

    /** Runs it with additional variables around it. */
    static run(Map variables, Closure body) {
        StepSupport.enter(variables)
        try {
            return body()
        } finally {
            StepSupport.leave()
        }
    }
}
