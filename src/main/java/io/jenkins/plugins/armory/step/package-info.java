/** The Pipeline steps: thin, with Jenkins on one side and the plain packages on the other. */
package io.jenkins.plugins.armory.step;
