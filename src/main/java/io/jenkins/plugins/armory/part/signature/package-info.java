/**
 * Callers that sign their requests instead of sending a token. The package depends on {@code approval}, {@code webhook.signature} and
 * {@code callback.token}, and on no Jenkins or servlet type.
 */
package io.jenkins.plugins.armory.part.signature;
