/**
 * Faults on purpose: named steps of the protocol at which a controller under test dies, or cannot write. They are put
 * into the classes of a running process by a Java agent, so nothing of them is in what is shipped.
 */
package io.jenkins.plugins.armory.acceptance.faults;
