package io.jenkins.plugins.armory.part.file.step

import org.jenkinsci.plugins.workflow.cps.CpsScript

/**
 * Runs a deployment: each target in a branch of its own, with the steps that Pipelines have for it. {@link DeploymentRun} decides
 * everything that needs no step. The engine saves and resumes this script with the Pipeline, so its variables are serializable, and
 * it loops by index.
 */
class DeploymentScript implements Serializable {

    private static final long serialVersionUID = 1L

    private final CpsScript script

    DeploymentScript(CpsScript script) {
        this.script = script
    }

    def call(Closure body) {
        return call([:], body)
    }

    def call(Object... mistaken) {
        return fail(mistaken != null && mistaken.length > 0 && mistaken[mistaken.length - 1] instanceof Closure)
    }

    /** Fails by the step, which tells the environment around it: what depends on that is not deployed to if the Pipeline catches this. */
    def fail(boolean hasBody) {
        script.armoryDeploymentPlan(mistake: hasBody
            ? 'armoryDeployment: has an argument without a name; write armoryDeployment(config: ...) { ... }'
            : 'armoryDeployment: has no body; write armoryDeployment(...) { ... }, where the body does what ARMORY_ACTION says')
    }

    def call(Map arguments, Closure body) {
        if (arguments == null || body == null) {
            return fail(body != null)
        }
        DeploymentRun run = script.armoryDeploymentPlan(arguments)
        Map branches = [:]
        for (int i = 0; i < run.targets().size(); i++) {
            DeploymentRun.Target target = run.targets().get(i)
            branches[target.name()] = {
                script.stage(target.name()) {
                    deploy(run, target, body)
                }
            }
        }
        script.parallel(branches)
        return null
    }

    def deploy(DeploymentRun run, DeploymentRun.Target target, Closure body) {
        boolean deploying = false
        Map outputs = [:]
        try {
            script.armoryEnvironment(target.arguments()) {
                together(run, target.before(), outputs, body)
                deploying = true
                for (int i = 0; i < target.strategy().size(); i++) {
                    together(run, target.strategy().get(i), outputs, body)
                }
                try {
                    together(run, target.after(), outputs, body)
                } catch (ConditionFailedException e) {
                    return null // the environments know, and nothing is rolled back
                }
            }
        } catch (Throwable e) {
            if (deploying) {
                script.armoryRollback(target.name()) {
                    show(run, target.rollback(), outputs, body)
                }
            }
            throw e
        }
    }

    /** Does the tasks of a group side by side. One that fails stops the others. */
    def together(DeploymentRun run, DeploymentRun.Group group, Map outputs, Closure body) {
        if (group.tasks().size() == 1) {
            show(run, group.tasks().get(0), outputs, body)
        } else if (group.tasks().size() > 1) {
            Map branches = [failFast: true]
            for (int i = 0; i < group.tasks().size(); i++) {
                DeploymentRun.Task task = group.tasks().get(i)
                branches[group.branches().get(i)] = { perform(run, task, outputs, body) }
            }
            script.stage(group.name()) {
                script.parallel(branches)
            }
        }
    }

    /** Does a task in a stage. */
    def show(DeploymentRun run, DeploymentRun.Task task, Map outputs, Closure body) {
        script.stage(task.label()) {
            perform(run, task, outputs, body)
        }
    }

    def perform(DeploymentRun run, DeploymentRun.Task task, Map outputs, Closure body) {
        Map returned = script.armoryDeploymentAction(task.arguments()) {
            if (task.isApproval()) {
                approve(task.approval(outputs))
            } else if (task.pauseSeconds() > 0) {
                script.sleep(time: task.pauseSeconds(), unit: 'SECONDS')
            } else if (run.timeoutSeconds() > 0) {
                script.timeout(time: run.timeoutSeconds(), unit: 'SECONDS') { body() }
            } else {
                body()
            }
        }
        outputs.putAll(returned)
    }

    def approve(Map arguments) {
        Map result = script.armoryWebhookApproval(arguments)
        if (!result.success) {
            throw new ConditionFailedException(String.valueOf(result.mdMessage))
        }
        return null
    }
}
