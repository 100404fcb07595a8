package io.jenkins.plugins.armory.step;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import edu.umd.cs.findbugs.annotations.CheckForNull;
import io.jenkins.plugins.armory.storage.DurableFile;
import io.jenkins.plugins.armory.approval.Phase;
import io.jenkins.plugins.armory.webhook.Webhook;
import io.jenkins.plugins.armory.webhook.WebhookJson;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * All that it takes to call the cancel webhook of an approval when its step, and with it the program, may be over. A file of
 * templates: no secret and no token is in it.
 *
 * @param request what the templates are filled in with
 * @param webhook what is called
 * @param origin the address of the root action when it was made, {@code null} where that was not noted
 */
record CancelRecord(ApprovalRequest request, Webhook webhook, @CheckForNull String origin) {

    private static final int FORMAT = 1;
    private static final ObjectMapper JSON = new ObjectMapper();

    /** @throws IOException when it is not, or may not be, on disk */
    void write(Path file) throws IOException {
        ObjectNode json = JSON.createObjectNode()
                .put("format", FORMAT)
                .put("approvalId", request.approvalId())
                .put("environment", request.environment())
                .put("phase", request.phase().toString())
                .put("account", request.account())
                .put("namespace", request.namespace())
                .put("origin", origin);
        request.context().forEach(json.putObject("context")::put);
        json.set("webhook", WebhookJson.write(webhook));
        DurableFile.write(file, JSON.writeValueAsBytes(json));
    }

    /** @throws IOException when the file cannot be read, or is no such record */
    static CancelRecord read(Path file) throws IOException {
        try {
            JsonNode json = JSON.readTree(Files.readAllBytes(file));
            int format = json.path("format").asInt();
            if (format != FORMAT) {
                throw new IllegalArgumentException("its format is " + format + ", and this version reads " + FORMAT
                        + "; install the version of the plugin that wrote it");
            }
            return new CancelRecord(
                    new ApprovalRequest(
                            json.required("approvalId").asText(),
                            json.path("environment").textValue(),
                            Phase.of(json.required("phase").asText()).orElse(Phase.STRATEGY),
                            WebhookJson.texts(json.path("context")),
                            json.path("account").textValue(),
                            json.path("namespace").textValue()),
                    WebhookJson.read(json.required("webhook")),
                    json.path("origin").textValue());
        } catch (JsonProcessingException | IllegalArgumentException x) {
            throw new IOException(file + " is not the record of a cancel webhook: " + x.getMessage(), x);
        }
    }
}
