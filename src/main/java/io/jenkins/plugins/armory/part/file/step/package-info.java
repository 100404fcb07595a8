/**
 * The variable {@code armoryDeployment}: a deployment file, run as a Pipeline's steps.
 */
package io.jenkins.plugins.armory.part.file.step;
