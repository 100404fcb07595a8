/**
 * Where the plain parts of the plugin meet Jenkins: {@link io.jenkins.plugins.armory.ArmoryApprovals} holds the one
 * instance of each and follows the lives of jobs and builds.
 */
package io.jenkins.plugins.armory;
