/**
 * Definitions of webhooks, their templates, and the requests that are rendered from them. The package depends on no other
 * package of the plugin, and on no Jenkins or servlet type.
 */
package io.jenkins.plugins.armory.webhook;
