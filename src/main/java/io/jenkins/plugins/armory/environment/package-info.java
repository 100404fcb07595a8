/**
 * The environments of one build: their dependencies, their states, and what a failed approval does to them. {@code
 * Deployment} is an immutable value whose next value follows from an event, and {@code TransitionTable} has the states
 * of an environment. {@code DeploymentPlan} is what a deployment file says that is to be done. The package knows no
 * Jenkins type.
 */
package io.jenkins.plugins.armory.environment;
