/** The plugin's HTTP side in Jenkins: thin wrappers around the callback protocol, and the data of the pages. */
package io.jenkins.plugins.armory.web;
