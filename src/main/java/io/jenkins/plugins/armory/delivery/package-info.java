/**
 * The delivery of an approval's outgoing calls. One durable loop makes and repeats them, from the approval's record
 * alone; {@code Sender} and {@code Requests} are its ports. The package knows no Jenkins type.
 */
package io.jenkins.plugins.armory.delivery;
