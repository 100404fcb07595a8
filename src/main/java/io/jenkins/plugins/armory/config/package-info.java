/**
 * The settings: of administrators, and the webhooks of folders. Its classes are bound to forms and to Configuration as
 * Code, and look up the credentials that callers and templates may use.
 */
package io.jenkins.plugins.armory.config;
