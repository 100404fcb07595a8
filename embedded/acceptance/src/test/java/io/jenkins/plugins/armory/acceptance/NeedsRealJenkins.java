package io.jenkins.plugins.armory.acceptance;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;

/**
 * Needs what the embedded controller does not have, such as Declarative Pipelines, agents, or steps in the list of
 * stages.
 */
@Target({ElementType.TYPE, ElementType.METHOD})
@Retention(RetentionPolicy.RUNTIME)
@EnabledIfSystemProperty(named = "jenkins.war", matches = ".+", disabledReason = "needs a real Jenkins")
public @interface NeedsRealJenkins {}
