/**
 * The use of private fields of the plugin Pipeline: Groovy (workflow-cps), where that has no API. Every use has a fallback,
 * for a version without the field and for administrators who set the system property
 * {@code io.jenkins.plugins.armory.cpsInternals} to {@code false}.
 */
package io.jenkins.plugins.armory.flow.cps;
