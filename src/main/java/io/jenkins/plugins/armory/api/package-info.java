/**
 * What other plugins may use. A type or method here changes only with a new major version; new methods of {@link
 * io.jenkins.plugins.armory.api.ApprovalListener} have a default that does nothing, and new methods may be added to
 * {@link io.jenkins.plugins.armory.api.ApprovalView}, which other plugins do not implement.
 */
package io.jenkins.plugins.armory.api;
