package io.jenkins.plugins.armory.storage;

import io.jenkins.plugins.armory.approval.Approval;
import io.jenkins.plugins.armory.approval.ApprovalTerms;
import io.jenkins.plugins.armory.approval.BuildRef;
import io.jenkins.plugins.armory.approval.OutgoingCalls;
import io.jenkins.plugins.armory.storage.disk.StoredJson;
import io.jenkins.plugins.armory.webhook.Webhook;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;

/** What a fuzz target accepted, as a record of the store. */
public final class ReadBack {

    private static final Instant START = Instant.parse("2026-01-31T10:00:00Z");

    private ReadBack() {}

    /** Returns an approval with the calls of a webhook. */
    public static Approval calling(Webhook webhook, Map<String, String> context) {
        return ApprovalTerms.of("a1", new BuildRef("job", 1))
                .webhook(webhook.name())
                .timeout(START, Duration.ofDays(1))
                .calls(new OutgoingCalls(webhook, null, context, null, null))
                .start();
    }

    /** Checks that the store reads a record of an approval as it was. */
    public static void check(Approval approval) {
        try {
            if (!approval.equals(StoredJson.read("the record", StoredJson.write(approval), Approval.class))) {
                throw new AssertionError("it is read back as something else: " + approval);
            }
        } catch (IOException x) {
            throw new AssertionError("it was accepted, and cannot be read back: " + approval, x);
        }
    }
}
