package io.jenkins.plugins.armory.webhook;

import io.jenkins.plugins.armory.storage.ReadBack;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;

/**
 * Checks that any templates and values make a request or are refused with the name of the field, and that no value breaks out
 * of its header; the store reads back what was taken. The input is the templates of the address, a header and the body, and a value, separated by bytes of the
 * value 1.
 */
public final class TemplateFuzz {

    private static final WebhookRequest.Defaults DEFAULTS = new WebhookRequest.Defaults("a1", "strategy", null);

    private TemplateFuzz() {}

    /** Called by Jazzer. */
    public static void fuzzerTestOneInput(byte[] data) {
        String[] parts = (new String(data, StandardCharsets.UTF_8) + "\u0001\u0001\u0001\u0001").split("\u0001", 5);
        try {
            Webhook webhook = Webhook.named("w")
                    .uriTemplate(parts[0])
                    .headers(List.of(new Webhook.Header("X-Fuzz", parts[1])))
                    .body(parts[2].isEmpty() ? null : parts[2])
                    .build();
            var variables = new Variables()
                    .with(Variables.CALLBACK_URI, "https://j.example.com/armory/approvals/a1")
                    .withContext(Map.of("v", parts[3]))
                    .withSecrets(id -> parts[3]);
            ReadBack.check(ReadBack.calling(webhook, Map.of("v", parts[3])));
            WebhookRequest request = WebhookRequest.of(webhook, variables, DEFAULTS);
            request.headers()
                    .forEach(header -> check(
                            header.value().chars().allMatch(c -> c == '\t' || c >= 0x20 && c != 0x7f),
                            "one line: " + header.value()));
            check(request.host().startsWith("http"), "an address that can be called: " + request.host());
        } catch (InvalidWebhookException | TemplateException x) {
            check(x.getMessage() != null && !x.getMessage().isBlank(), "it says what is wrong");
        }
    }

    private static void check(boolean holds, String what) {
        if (!holds) {
            throw new AssertionError(what);
        }
    }
}
