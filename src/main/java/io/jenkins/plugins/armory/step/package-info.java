/**
 * The Pipeline steps. A step checks its parameters; its execution tells the packages {@code approval} and {@code deployment} what
 * happens in the Pipeline, waits without a thread, and hands the result to the Pipeline.
 */
package io.jenkins.plugins.armory.step;
