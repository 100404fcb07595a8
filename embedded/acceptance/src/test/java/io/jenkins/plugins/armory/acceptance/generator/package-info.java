/**
 * Pipelines at random, and what the rules say of each: see {@link
 * io.jenkins.plugins.armory.acceptance.generator.Oracle}.
 */
package io.jenkins.plugins.armory.acceptance.generator;
