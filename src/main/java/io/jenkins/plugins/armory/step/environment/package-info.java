/**
 * The steps {@code armoryEnvironment} and {@code armoryRollback}.
 */
package io.jenkins.plugins.armory.step.environment;
