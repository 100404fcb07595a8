/** The administrator's settings, and the credentials that callers may use. */
package io.jenkins.plugins.armory.config;
