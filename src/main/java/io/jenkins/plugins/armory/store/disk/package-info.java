/**
 * Files that a crash leaves whole: written, synced and renamed; each line with its checksum; records bound to JSON by
 * the names that they have on disk; one controller for a home. The package knows no Jenkins type.
 */
package io.jenkins.plugins.armory.store.disk;
