/** The power cuts: callbacks to a controller whose disk loses what was not synced. */
package io.jenkins.plugins.armory.acceptance.power;
