package io.jenkins.plugins.armory.acceptance.generator;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/** Writes a Pipeline down. */
final class Script {

    /** What webhooks send. */
    static final String BODY =
            "{\"callbackUri\": \"{{armory.callbackUri}}\", \"callbackToken\": \"{{armory.callbackToken}}\"}";
    /** Nobody listens there. */
    /** The longest, in seconds: the process that is called shares the machine. */
    static final int REQUEST_TIMEOUT = 300;

    private static final String NOWHERE = "http://127.0.0.1:1/checks";

    private final String url;
    private final StringBuilder text = new StringBuilder();
    private int depth;

    /** @param url below which webhooks call, each at its site's number */
    Script(String url) {
        this.url = url;
    }

    String of(GeneratedPipeline pipeline) {
        if (pipeline.declarative()) {
            block("pipeline", () -> {
                line("agent none");
                block("stages", () -> pipeline.body().parts().forEach(this::declarativeStage));
                block("post", () -> block("always", () -> write(pipeline.post())));
            });
        } else {
            write(pipeline.body());
        }
        return text.toString();
    }

    private void declarativeStage(Node node) {
        Node.Stage stage = (Node.Stage) node;
        block("stage('" + stage.name() + "')", () -> block("steps", () -> block("script", () -> write(stage.body()))));
    }

    private void line(String line) {
        text.append("    ".repeat(depth)).append(line).append('\n');
    }

    private void block(String head, Runnable body) {
        line(head + " {");
        depth++;
        body.run();
        depth--;
        line("}");
    }

    private void block(String head, Node body) {
        block(head, () -> write(body));
    }

    private void write(Node node) {
        if (node instanceof Node.Sequence sequence) {
            sequence.parts().forEach(this::write);
        } else if (node instanceof Node.Mark mark) {
            line("echo 'MARK " + mark.number() + "'");
        } else if (node instanceof Node.Stage stage) {
            block("stage('" + stage.name() + "')", stage.body());
        } else if (node instanceof Node.Parallel parallel) {
            write(parallel);
        } else if (node instanceof Node.Environment environment) {
            String dependsOn = environment.dependsOn() == null ? "" : ", dependsOn: " + list(environment.dependsOn());
            block("armoryEnvironment(name: '" + environment.name() + "'" + dependsOn + ")", environment.body());
        } else if (node instanceof Node.Approval approval) {
            write(approval, "");
        } else if (node instanceof Node.Again again) {
            block("for (int i = 0; i < " + again.times() + "; i++)", () -> {
                write(again.approval(), "def asked = ");
                line("if (asked.success) { break }");
            });
        } else if (node instanceof Node.Retry retry) {
            block("retry(" + retry.count() + ")", retry.body());
        } else if (node instanceof Node.Try caught) {
            block("try", caught.body());
            block("catch (e)", () -> {
                write(caught.handler());
                if (caught.rethrows()) {
                    line("throw e");
                }
            });
        } else if (node instanceof Node.CatchError caught) {
            block("catchError", caught.body());
        } else if (node instanceof Node.TimeLimit limit) {
            block("timeout(time: 1, unit: 'HOURS')", limit.body());
        } else if (node instanceof Node.Rollback rollback) {
            block("armoryRollback('" + rollback.environment() + "')", rollback.body());
        } else if (node instanceof Node.Failure) {
            line("error 'broken'");
        } else {
            throw new IllegalArgumentException(String.valueOf(node));
        }
    }

    private void write(Node.Parallel parallel) {
        line("parallel(");
        depth++;
        if (parallel.failFast()) {
            line("failFast: true,");
        }
        for (int i = 0; i < parallel.branches().size(); i++) {
            line("b" + (i + 1) + ": {");
            depth++;
            write(parallel.branches().get(i));
            depth--;
            line(i + 1 < parallel.branches().size() ? "}," : "}");
        }
        depth--;
        line(")");
    }

    private void write(Node.Approval approval, String assigned) {
        List<String> ofAll = new ArrayList<>(List.of(
                "bodyTemplate: [inline: '" + BODY + "']",
                "phase: '" + approval.phase().parameter() + "'"));
        if (approval.environment() != null) {
            ofAll.add("environment: '" + approval.environment() + "'");
        }
        if (!approval.isMany()) {
            ofAll.addAll(parameters(approval.elements().get(0)));
            line(assigned + "armoryWebhookApproval(" + String.join(", ", ofAll) + ")");
            return;
        }
        line("armoryWebhookApprovals(" + String.join(", ", ofAll) + ", approvals: [");
        depth++;
        approval.elements().forEach(element -> line("[" + String.join(", ", parameters(element)) + "],"));
        depth--;
        line("])");
    }

    private static String list(List<String> names) {
        return names.stream().map(name -> "'" + name + "'").collect(Collectors.joining(", ", "[", "]"));
    }

    private List<String> parameters(Node.Element element) {
        boolean unreachable = element.outcomes().contains(Outcome.UNREACHABLE);
        List<String> parameters = new ArrayList<>(List.of(
                "name: '" + element.webhook() + "'",
                "uriTemplate: '" + (unreachable ? NOWHERE : url + "/" + element.site()) + "'",
                "requestTimeout: " + REQUEST_TIMEOUT));
        if (element.person()) {
            parameters.add("manualApproval: [message: 'Go on?']");
        }
        if (element.outcomes().contains(Outcome.TIME_OUT)) {
            parameters.add("timeout: 3, unit: 'SECONDS'");
        }
        return parameters;
    }
}
