/**
 * What a controller keeps beside the logs of its builds: which builds have something open, the history, and the latest deployments. The package
 * knows no Jenkins type.
 */
package io.jenkins.plugins.armory.storage;
