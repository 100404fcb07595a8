/**
 * What the plugin knows of one build, as one value with one history, in one file of the build's folder; and the
 * approvals of all builds, with what follows from a change of them. The package knows no Jenkins type.
 */
package io.jenkins.plugins.armory.store;
