/**
 * The composition root {@code ArmoryRuntime}, which puts the packages without Jenkins types together, and the events of
 * builds and jobs that they have to follow.
 */
package io.jenkins.plugins.armory.runtime;
