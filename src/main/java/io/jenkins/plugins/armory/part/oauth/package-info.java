/**
 * The token endpoint for listed clients, {@code oauth/token} (RFC 6749, section 4.4), and the tokens that it issues.
 * The package depends on {@code approval}, {@code callback} and {@code callback.token} only, and on no Jenkins or
 * servlet type.
 */
package io.jenkins.plugins.armory.part.oauth;
