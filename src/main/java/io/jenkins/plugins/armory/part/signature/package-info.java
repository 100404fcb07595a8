/** Standard Webhooks: requests that callers sign instead of sending a token, and webhooks that Jenkins signs. */
package io.jenkins.plugins.armory.part.signature;
