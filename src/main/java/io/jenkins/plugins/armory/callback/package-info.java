/**
 * The callback protocol: what a request must look like, who may decide, and what is answered. Nothing here knows Jenkins
 * or servlets; {@link io.jenkins.plugins.armory.callback.CallbackEndpoint} turns a
 * {@link io.jenkins.plugins.armory.callback.CallbackRequest} into a {@link io.jenkins.plugins.armory.callback.JsonResponse}.
 */
package io.jenkins.plugins.armory.callback;
