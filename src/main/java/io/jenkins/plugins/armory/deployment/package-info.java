/**
 * The environments of one build: their dependencies, their states, and what a failed approval does to them.
 *
 * <p>The package knows no Jenkins type. {@link io.jenkins.plugins.armory.deployment.Deployment} is an immutable value with a
 * pure transition function. {@link io.jenkins.plugins.armory.deployment.TransitionTable} has the transitions of one
 * environment, and {@link io.jenkins.plugins.armory.deployment.DeploymentEvent} what causes them.
 * {@link io.jenkins.plugins.armory.storage.DeploymentStore} saves the value in the build's folder.
 */
package io.jenkins.plugins.armory.deployment;
