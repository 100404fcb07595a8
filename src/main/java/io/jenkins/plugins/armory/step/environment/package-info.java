/**
 * The steps {@code armoryEnvironment} and {@code armoryRollback}, and the condition {@code armoryEnvironmentReady}.
 */
package io.jenkins.plugins.armory.step.environment;
