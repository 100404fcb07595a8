/** Signatures of HTTP messages, as in Standard Webhooks. The package uses no other package of the plugin. */
package io.jenkins.plugins.armory.webhook.signature;
