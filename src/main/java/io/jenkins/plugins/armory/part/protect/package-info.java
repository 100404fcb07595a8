/**
 * What the environments of the administrators own: their credentials and agents, which only a build gets that is
 * deploying to one of them. Jenkins finds its classes by itself; {@code UnderWay} is who decides.
 */
package io.jenkins.plugins.armory.part.protect;
