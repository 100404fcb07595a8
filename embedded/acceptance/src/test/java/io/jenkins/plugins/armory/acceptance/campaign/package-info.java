/** The crash campaign: builds that live through as many deaths of their controller as it takes. */
package io.jenkins.plugins.armory.acceptance.campaign;
