/**
 * The callback protocol: {@link io.jenkins.plugins.armory.callback.CallbackEndpoint} turns a
 * {@link io.jenkins.plugins.armory.callback.CallbackRequest} into a
 * {@link io.jenkins.plugins.armory.callback.JsonResponse}. The package knows no Jenkins or
 * servlet type.
 */
package io.jenkins.plugins.armory.callback;
