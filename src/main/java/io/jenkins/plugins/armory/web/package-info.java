/**
 * The HTTP side of the plugin in Jenkins: the root action, the tab of a build, the commands of the CLI, and the data of
 * the pages. Requests of callers go to the package {@code callback}.
 */
package io.jenkins.plugins.armory.web;
