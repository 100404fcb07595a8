/** The bounds of what comes in from outside. The package uses no other package of the plugin. */
package io.jenkins.plugins.armory.webhook.text;
