/**
 * The steps {@code armoryWebhookApproval} and {@code armoryApproval}: their parameters become the record of an
 * approval, and their execution waits for its end.
 */
package io.jenkins.plugins.armory.step.approval;
