/**
 * The life of an approval: its terms, its state machine, its deadlines and heartbeats. {@code Approvals} is what other
 * packages use, and {@code ApprovalRepository} is the port to the durable store. The package knows no Jenkins type.
 */
package io.jenkins.plugins.armory.approval;
