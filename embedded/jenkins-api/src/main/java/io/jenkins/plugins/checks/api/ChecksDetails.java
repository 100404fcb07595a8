package io.jenkins.plugins.checks.api;

import java.time.LocalDateTime;

/** A check of a commit. */
public class ChecksDetails {

    private ChecksDetails() {}

    /** Collects what is known of a check. */
    public static class ChecksDetailsBuilder {

        public ChecksDetailsBuilder() {}

        public ChecksDetailsBuilder withName(String name) {
            return this;
        }

        public ChecksDetailsBuilder withStatus(ChecksStatus status) {
            return this;
        }

        public ChecksDetailsBuilder withDetailsURL(String detailsURL) {
            return this;
        }

        public ChecksDetailsBuilder withStartedAt(LocalDateTime startedAt) {
            return this;
        }

        public ChecksDetailsBuilder withConclusion(ChecksConclusion conclusion) {
            return this;
        }

        public ChecksDetailsBuilder withCompletedAt(LocalDateTime completedAt) {
            return this;
        }

        public ChecksDetailsBuilder withOutput(ChecksOutput output) {
            return this;
        }

        public ChecksDetails build() {
            return new ChecksDetails();
        }
    }
}
