/**
 * Reading of deployment files: their webhooks for a single step, and the checked whole of a file with the plan of its
 * deployment. The package knows no Jenkins type.
 */
package io.jenkins.plugins.armory.part.file;
