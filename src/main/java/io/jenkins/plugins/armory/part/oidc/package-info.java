/**
 * The JWTs of outside issuers, and the issuers' keys, which are found by OpenID Connect Discovery. The package depends
 * on {@code approval}, {@code callback} and {@code callback.token} only, and on no Jenkins or servlet type.
 */
package io.jenkins.plugins.armory.part.oidc;
