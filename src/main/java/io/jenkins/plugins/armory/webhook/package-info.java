/**
 * Definitions of webhooks, their templates, and the requests that are rendered from them. The package knows no Jenkins
 * or servlet type.
 */
package io.jenkins.plugins.armory.webhook;
