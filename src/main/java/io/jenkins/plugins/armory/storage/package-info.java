/**
 * The history, which outlives the builds and their logs. The package knows no Jenkins type.
 */
package io.jenkins.plugins.armory.storage;
