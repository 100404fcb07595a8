/**
 * The calls of an approval as Jenkins makes them: with the credentials of its build, from the controller or an agent, by the proxy
 * of Jenkins. {@code Settings} is the port to the settings.
 */
package io.jenkins.plugins.armory.sending;
