package io.jenkins.plugins.checks.api;

/** The text of a check. */
public class ChecksOutput {

    private ChecksOutput() {}

    /** Collects the text. */
    public static class ChecksOutputBuilder {

        public ChecksOutputBuilder() {}

        public ChecksOutputBuilder withTitle(String title) {
            return this;
        }

        public ChecksOutputBuilder withSummary(String summary) {
            return this;
        }

        public ChecksOutput build() {
            return new ChecksOutput();
        }
    }
}
