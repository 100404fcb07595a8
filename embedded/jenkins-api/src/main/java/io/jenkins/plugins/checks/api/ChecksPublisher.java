package io.jenkins.plugins.checks.api;

/** Publishes checks. */
public abstract class ChecksPublisher {

    public abstract void publish(ChecksDetails details);
}
