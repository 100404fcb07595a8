/**
 * The outgoing half: what a webhook is, how its templates are filled in, and the call. Nothing here knows Jenkins.
 */
package io.jenkins.plugins.armory.webhook;
