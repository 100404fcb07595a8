/**
 * Jobs and builds as the records of approvals know them: the id of a job that stays when it is renamed, and the files in a build's
 * folder.
 */
package io.jenkins.plugins.armory.builds;
