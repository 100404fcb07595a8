/**
 * The windows of an environment: when it may be deployed to. {@code Windows} answers, {@code Recurrence} has the rules
 * of iCalendar (RFC 5545), which lib-recur reads. The package knows no Jenkins type.
 */
package io.jenkins.plugins.armory.part.protect.window;
