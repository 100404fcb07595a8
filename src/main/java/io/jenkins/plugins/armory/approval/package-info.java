/**
 * The life of an approval: its state machine, its durable store, and the one place that ties both to deadlines and to
 * whoever waits for the decision.
 *
 * <p>Nothing here knows Jenkins. {@link io.jenkins.plugins.armory.approval.Approval} is a value with a pure transition
 * function; {@link io.jenkins.plugins.armory.approval.ApprovalStore} keeps each one in a file of its own;
 * {@link io.jenkins.plugins.armory.approval.Approvals} is what the rest of the plugin talks to.
 */
package io.jenkins.plugins.armory.approval;
