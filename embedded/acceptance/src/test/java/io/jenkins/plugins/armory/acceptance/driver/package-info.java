/**
 * What the tests and the demo are written with: a controller as a process, its jobs and builds over HTTP, an external
 * process that takes webhook calls, and its callbacks. Nothing here knows a class of the plugin or of Jenkins.
 */
package io.jenkins.plugins.armory.acceptance.driver;
