package io.jenkins.plugins.armory.webhook;

import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/** Measures the rendering of a request: address, headers, and a body that is checked to be JSON. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Warmup(iterations = 3, time = 2)
@Measurement(iterations = 5, time = 2)
@Fork(1)
public class TemplateBenchmark {

    private static final WebhookRequest.Defaults DEFAULTS = new WebhookRequest.Defaults(
            "0123456789abcdef".repeat(3), "strategy", "https://jenkins.example.com/job/deploy/7/");

    private final Webhook withBody = webhook()
            .body("{\"callbackUri\": \"{{armory.callbackUri}}/callback\", \"token\": \"{{armory.callbackToken}}\","
                    + " \"suite\": \"{{context.suite}}\", \"environment\": \"{{armory.environmentName}}\"}")
            .build();
    private final Webhook withoutBody = webhook().build();

    private static Webhook.Builder webhook() {
        return Webhook.named("integration-tests")
                .uriTemplate("https://ci.example.com/start/{{context.suite}}?for={{armory.deploymentId}}")
                .headers(List.of(new Webhook.Header("Authorization", "Bearer {{secrets.ci}}")));
    }

    private static Variables variables() {
        return new Variables()
                .with(Variables.CALLBACK_URI, "https://jenkins.example.com/armory/approvals/" + DEFAULTS.approvalId())
                .with(Variables.CALLBACK_TOKEN, DEFAULTS.approvalId() + '.' + "x".repeat(43))
                .with(Variables.DEPLOYMENT_ID, "deploy#7")
                .with(Variables.ENVIRONMENT_NAME, "production")
                .withContext(Map.of("suite", "smoke \"and\" more"))
                .withSecrets(id -> "secret-of-" + id);
    }

    @Benchmark
    public WebhookRequest ownBody() throws TemplateException {
        return WebhookRequest.of(withBody, variables(), DEFAULTS);
    }

    @Benchmark
    public WebhookRequest defaultBody() throws TemplateException {
        return WebhookRequest.of(withoutBody, variables(), DEFAULTS);
    }
}
