/**
 * The Pipeline's flow graph: the stages around a step, what views show of them, and which of them are cancelled. Steps
 * use it, and it hears of new nodes and steps on the Pipeline engine's thread, where it looks at memory alone. What it
 * remembers of a build is a part of {@link io.jenkins.plugins.armory.runtime.RunningBuild}.
 */
package io.jenkins.plugins.armory.step.flow;
