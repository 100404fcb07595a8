/**
 * What is deployed to in one build: the environments, what they depend on, how far each one is, and what a failure does to
 * the others.
 *
 * <p>Nothing here knows Jenkins. {@link io.jenkins.plugins.armory.deployment.Deployment} is a value with a pure transition
 * function; {@link io.jenkins.plugins.armory.deployment.DeploymentStore} keeps that of a build in one file of its folder and
 * tells who waits.
 */
package io.jenkins.plugins.armory.deployment;
