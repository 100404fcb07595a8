package io.jenkins.plugins.armory.acceptance;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.junit.jupiter.api.condition.EnabledIf;

/** Looks at pages in Chromium, and is skipped where that is not installed. */
@Target({ElementType.TYPE, ElementType.METHOD})
@Retention(RetentionPolicy.RUNTIME)
@EnabledIf(
        value = "io.jenkins.plugins.armory.acceptance.driver.Browser#isInstalled",
        disabledReason = "Chromium is not installed (on Debian, the package chromium)")
public @interface NeedsBrowser {}
