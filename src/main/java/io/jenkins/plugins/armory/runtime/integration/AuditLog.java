package io.jenkins.plugins.armory.runtime.integration;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.json.JsonWriteFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import hudson.Extension;
import io.jenkins.plugins.armory.api.ApprovalListener;
import io.jenkins.plugins.armory.api.ApprovalView;
import java.io.UncheckedIOException;
import java.util.Objects;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.kohsuke.accmod.Restricted;
import org.kohsuke.accmod.restrictions.NoExternalUse;

/**
 * Writes a line of JSON for each decision to the logger {@value #LOGGER_NAME}, which an administrator can send wherever Jenkins's log
 * goes. JSON escapes line breaks, so no text from outside can look like a line of its own. The text of a callback is not in it.
 */
@Extension
@Restricted(NoExternalUse.class)
public final class AuditLog extends ApprovalListener {

    /** A name that administrators write in their settings. */
    static final String LOGGER_NAME = "io.jenkins.plugins.armory.audit";

    private static final Logger LOGGER = Logger.getLogger(LOGGER_NAME);
    /** Escapes what is not ASCII: Unicode has line breaks of its own, and characters that control a terminal or reorder a text. */
    private static final ObjectMapper JSON =
            JsonMapper.builder().enable(JsonWriteFeature.ESCAPE_NON_ASCII).build();

    @Override
    public void decided(ApprovalView approval) {
        if (LOGGER.isLoggable(Level.INFO)) {
            LOGGER.log(Level.INFO, "{0}", line(approval)); // as a parameter, so that braces in it mean nothing
        }
    }

    static String line(ApprovalView approval) {
        ApprovalView.Decision decision = Objects.requireNonNull(approval.decision(), "a decided approval");
        ObjectNode line = JsonNodeFactory.instance
                .objectNode()
                .put("approval", approval.id())
                .put("job", approval.job())
                .put("build", approval.build())
                .put("environment", approval.environment())
                .put("phase", approval.phase())
                .put("webhook", approval.webhook())
                .put("outcome", decision.outcome())
                .put("decidedBy", decision.decidedBy())
                .put("decidedAt", decision.decidedAt());
        try {
            return JSON.writeValueAsString(line);
        } catch (JsonProcessingException x) {
            throw new UncheckedIOException(x); // it is made of texts and numbers
        }
    }
}
