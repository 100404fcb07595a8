/**
 * The HTTP client of outgoing calls, on OkHttp: the hosts that may be called, the proxy, the limits of a call, and the
 * messages for people when one fails. The package knows no Jenkins type.
 */
package io.jenkins.plugins.armory.client;
