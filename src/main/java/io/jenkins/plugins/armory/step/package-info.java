/**
 * What all Pipeline steps share. A step checks its parameters; its execution tells the packages {@code approval} and
 * {@code environment} what happens in the Pipeline, waits without a thread, and hands the result to the Pipeline. The
 * steps are in the packages below.
 */
package io.jenkins.plugins.armory.step;
