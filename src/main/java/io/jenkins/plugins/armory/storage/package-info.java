/**
 * The durable store of approvals, and that of the environments of builds. An approval's change goes to a write-ahead
 * journal first, and later to a file of its own; the environments of a build are one file in the build's folder. The
 * package knows no Jenkins type.
 */
package io.jenkins.plugins.armory.storage;
