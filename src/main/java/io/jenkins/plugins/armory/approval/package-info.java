/**
 * The life of an approval as a value: its terms, its state machine, its deadlines and heartbeats. The package knows no
 * Jenkins type.
 */
package io.jenkins.plugins.armory.approval;
