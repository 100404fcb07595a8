/**
 * The acceptance suite: what the plugin promises, checked from outside on a controller process. What the tests are
 * written with is in {@link io.jenkins.plugins.armory.acceptance.driver}.
 */
package io.jenkins.plugins.armory.acceptance;
