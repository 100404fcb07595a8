/**
 * The history of decisions: its lines, the files that they are in, and the proof that none was changed or left out. The package
 * knows no Jenkins type.
 */
package io.jenkins.plugins.armory.storage.history;
