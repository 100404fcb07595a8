package io.jenkins.plugins.checks.api;

/** Publishes checks. */
public abstract class ChecksPublisher {

    public abstract void publish(ChecksDetails details);

    /** Publishes nothing, where nobody else does. */
    public static class NullChecksPublisher extends ChecksPublisher {

        NullChecksPublisher() {}

        @Override
        public void publish(ChecksDetails details) {}
    }
}
