package io.jenkins.plugins.armory.acceptance.driver;

import com.fasterxml.jackson.databind.JsonNode;
import java.net.URLEncoder;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.charset.StandardCharsets;
import java.time.YearMonth;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;

/** A controller over HTTP, with the paths and formats that every Jenkins has. */
public final class Jenkins {

    private static final AtomicInteger JOBS = new AtomicInteger();

    private final Controller controller;

    /** {@code null} for somebody who may do everything. */
    private final String user;

    public Jenkins(Controller controller) {
        this(controller, null);
    }

    private Jenkins(Controller controller, String user) {
        this.controller = controller;
        this.user = user;
    }

    /** The same as another user: {@code alice}, {@code bob}, {@code carol} or {@code admin}. */
    public Jenkins as(String other) {
        return new Jenkins(controller, other);
    }

    /** The {@code Authorization} of the user; empty where nobody has to log in. */
    public Optional<String> authorization() {
        return user == null ? controller.authorization() : Optional.of(controller.authorizationOf(user));
    }

    public Controller controller() {
        return controller;
    }

    /** Creates a job of a name of its own, and starts its first build. */
    public Build build(String script) {
        return createJob(script).build();
    }

    /** Creates a Pipeline job, of whatever name. */
    public Job createJob(String script) {
        return createJob("job-" + JOBS.incrementAndGet(), script, List.of());
    }

    /**
     * Creates a Pipeline job.
     *
     * @param script of the Pipeline, which runs in the sandbox
     * @param parameters names of its string parameters
     */
    public Job createJob(String name, String script, List<String> parameters) {
        String properties = parameters.stream()
                .map(
                        "<hudson.model.StringParameterDefinition><name>%s</name></hudson.model.StringParameterDefinition>\n"
                                ::formatted)
                .collect(Collectors.joining());
        if (!parameters.isEmpty()) {
            properties = """
                    <hudson.model.ParametersDefinitionProperty>
                      <parameterDefinitions>%s</parameterDefinitions>
                    </hudson.model.ParametersDefinitionProperty>
                    """.formatted(properties);
        }
        String config = """
                <flow-definition>
                  <properties>%s</properties>
                  <definition class="org.jenkinsci.plugins.workflow.cps.CpsFlowDefinition">
                    <script>%s</script>
                    <sandbox>true</sandbox>
                  </definition>
                </flow-definition>
                """.formatted(properties, script.replace("&", "&amp;").replace("<", "&lt;"));
        send(request("createItem?name=" + name)
                .header("Content-Type", "application/xml")
                .POST(BodyPublishers.ofString(config)));
        return new Job(this, name);
    }

    /** The approvals that the plugin's root action knows, as data. */
    public List<JsonNode> approvals() {
        List<JsonNode> approvals = new ArrayList<>();
        get("armory/api/json").json().get("approvals").forEach(approvals::add);
        return approvals;
    }

    /** The callbacks of an approval that were refused, the newest first. */
    public List<JsonNode> rejectedCallbacks(String approvalId) {
        List<JsonNode> rejected = new ArrayList<>();
        get("armory/approvals/" + approvalId + "/api/json")
                .json()
                .get("rejectedCallbacks")
                .forEach(rejected::add);
        return rejected;
    }

    /** Whether there is something; any other answer than 200 and 404 fails. */
    boolean isThere(String path) {
        return find(path).isPresent();
    }

    /** What there is, if there is something; any other answer than 200 and 404 fails. */
    Optional<Answer> find(String path) {
        Answer answer = Http.send(request(path));
        if (answer.status() == 404) {
            return Optional.empty();
        }
        checked(answer, path).expect(200);
        return Optional.of(answer);
    }

    /** Returns the lines of this month's history. */
    public Answer history() {
        return get("armory/history/" + YearMonth.now(ZoneOffset.UTC) + ".ndjson");
    }

    public Answer get(String path) {
        return send(request(path));
    }

    /** Unlike the others, this one may be refused. */
    Answer decide(String path, String comment) {
        return post(path, Map.of("comment", comment));
    }

    /** Posts a form. The request may be refused. */
    public Answer post(String path, Map<String, String> form) {
        String body = form.entrySet().stream()
                .map(field -> field.getKey() + "=" + URLEncoder.encode(field.getValue(), StandardCharsets.UTF_8))
                .collect(Collectors.joining("&"));
        return Http.send(request(path)
                .header("Content-Type", "application/x-www-form-urlencoded")
                .POST(BodyPublishers.ofString(body)));
    }

    Answer post(String path) {
        return send(request(path).POST(BodyPublishers.noBody()));
    }

    private HttpRequest.Builder request(String path) {
        HttpRequest.Builder request = Http.request(controller.url() + path);
        authorization().ifPresent(value -> request.header("Authorization", value));
        return request;
    }

    private static Answer send(HttpRequest.Builder request) {
        return checked(Http.send(request), request.build());
    }

    private static Answer checked(Answer answer, Object request) {
        if (answer.status() >= 400) {
            throw new AssertionError("Jenkins answered " + answer + " to " + request);
        }
        return answer;
    }
}
