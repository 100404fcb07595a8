package io.jenkins.plugins.armory.step.approval;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import hudson.EnvVars;
import io.jenkins.plugins.armory.webhook.Webhook;
import java.io.IOException;
import java.util.regex.Pattern;
import org.jenkinsci.plugins.workflow.steps.StepContext;

/**
 * The trace that a build is part of, as the OpenTelemetry plugin names it in an environment variable. The format is that of W3C Trace
 * Context, section 3.2.2.
 *
 * @param parent {@code null} for none
 */
record TraceContext(@CheckForNull String parent) {

    private static final Pattern PARENT = Pattern.compile("[0-9a-f]{2}-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2}");

    static TraceContext of(StepContext context) throws IOException, InterruptedException {
        String value = context.get(EnvVars.class).get("TRACEPARENT");
        return new TraceContext(value != null && PARENT.matcher(value).matches() ? value : null);
    }

    /** Returns a webhook whose calls are part of the trace, unless it names another one. */
    Webhook addTo(Webhook webhook) {
        return parent == null ? webhook : webhook.withDefaultHeader("traceparent", parent);
    }
}
