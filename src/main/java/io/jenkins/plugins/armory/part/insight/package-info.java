/**
 * What other systems are told of approvals. It stands on {@link io.jenkins.plugins.armory.api.ApprovalListener}, as any
 * other plugin may.
 */
package io.jenkins.plugins.armory.part.insight;
