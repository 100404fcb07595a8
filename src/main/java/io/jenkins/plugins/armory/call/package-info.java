/**
 * The outgoing calls of approvals: when each is due, how often it is made, and the request, which Jenkins or an agent
 * sends. {@code Settings} is the port to the settings.
 */
package io.jenkins.plugins.armory.call;
