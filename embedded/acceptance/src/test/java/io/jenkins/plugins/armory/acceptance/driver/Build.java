package io.jenkins.plugins.armory.acceptance.driver;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.UnaryOperator;
import java.util.regex.Pattern;
import java.util.stream.StreamSupport;

/** A build of a Pipeline job. */
public record Build(Job job, int number) {

    private static final Pattern INNERMOST = Pattern.compile("Thread #\\d+\\R\\s+at (\\S+)\\(");

    /** The same for another user, see {@link Jenkins#as}. */
    public Build as(String user) {
        return new Build(new Job(job.jenkins().as(user), job.name()), number);
    }

    /** Whether the controller knows it. */
    public boolean exists() {
        return job.jenkins().isThere(path() + "api/json");
    }

    public String path() {
        return job.path() + number + "/";
    }

    public boolean isBuilding() {
        return json().get("building").asBoolean();
    }

    /** How it ended. */
    public String result() {
        return json().get("result").asText();
    }

    /** When it started, in milliseconds since 1970. */
    public long timestamp() {
        return json().get("timestamp").asLong();
    }

    /** From its start to its end, in milliseconds. */
    public long duration() {
        return json().get("duration").asLong();
    }

    /** What Jenkins knows of the build. */
    private JsonNode json() {
        return job.jenkins().get(path() + "api/json").json();
    }

    /**
     * Returns whether the embedded controller cannot go on with the build, since it ended before the program was first
     * saved.
     */
    public boolean isLostAtStart() {
        return log().contains("before the Pipeline was first saved");
    }

    public String log() {
        return job.jenkins().get(path() + "consoleText").body();
    }

    /** Waits for the end of the build's log, and returns that. */
    public String awaitLogEnd() {
        return Wait.until("the end of the log of " + this).until(this::log, text -> text.contains("\nFinished: "));
    }

    /** Waits until Jenkins calls the build ended. The end of its log may come later. */
    public void awaitEnd() {
        Wait.until("the end of " + this).until(() -> !isBuilding());
    }

    /** Waits for the end of the build and checks how it ended. Returns its log. */
    public String awaitResult(String result) {
        awaitEnd();
        // Jenkins calls a build ended before it has written why and how
        String log = awaitLogEnd();
        assertThat(result()).as("result of %s; its log:%n%s", this, log).isEqualTo(result);
        return log;
    }

    public Build awaitLog(String text) {
        Wait.until("\"" + text + "\" in the log of " + this).until(this::log, log -> log.contains(text));
        return this;
    }

    /** Waits until that many approvals of the build have been sent and wait for their callbacks. */
    public Build awaitWaiting(int approvals) {
        Wait.until(approvals + " approvals of " + this + " wait").until(() -> countWaiting() == approvals);
        return this;
    }

    /** Waits until an approval of the build waits for a person alone, and returns it. */
    public JsonNode awaitQuestion() {
        return Wait.until("a question of " + this + " to a person")
                .until(
                        () -> approvals("WAITING").stream()
                                .filter(approval -> approval.path("manualApproval")
                                        .path("mayApprove")
                                        .asBoolean())
                                .findFirst(),
                        Optional::isPresent)
                .orElseThrow();
    }

    /** How many approvals of the build have been sent and wait for their callbacks. */
    public int countWaiting() {
        return count("WAITING");
    }

    /** How many approvals of the build are in that state, also where its data has only the first of them. */
    public int count(String state) {
        JsonNode data = deployment();
        return Math.max(
                inState(data.get("approvals"), state).size(),
                data.at("/counts/" + state).asInt());
    }

    /** The build's approvals. */
    public List<JsonNode> approvals() {
        return job.jenkins().approvals().stream()
                .filter(approval -> approval.get("job").asText().equals(job.name()))
                .filter(approval -> approval.get("build").asInt() == number)
                .toList();
    }

    /** The first, or only one, of them. */
    public JsonNode approval() {
        return approvals().get(0);
    }

    /** The states of the build's environments by name. */
    public Map<String, String> environments() {
        Map<String, String> states = new HashMap<>();
        deployment()
                .get("environments")
                .forEach(environment -> states.put(
                        environment.get("name").asText(),
                        environment.get("state").asText()));
        return states;
    }

    /** What the build's own page of the plugin has as data. */
    public JsonNode deployment() {
        return deploymentAnswer().json();
    }

    /** The same as it was answered. */
    public Answer deploymentAnswer() {
        return job.jenkins().get(path() + "armory/api/json");
    }

    /** The address of the build's own page of the plugin. */
    public String tab() {
        return job.jenkins().controller().url() + path() + "armory/";
    }

    /**
     * The stages and branches of the build by name with their states, as Pipeline Graph View shows them. The embedded
     * controller's list has the stages alone, and is put into the same words.
     */
    public Map<String, String> graphView() {
        if (isEmbedded()) {
            return list(state -> switch (state) {
                case "IN_PROGRESS" -> "running";
                case "FAILED" -> "failure";
                default -> state.toLowerCase(Locale.ROOT);
            });
        }
        Map<String, String> states = new LinkedHashMap<>();
        collect(job.jenkins().get(path() + "stages/tree").json().at("/data/stages"), "children", "state", states);
        return states;
    }

    /** The states of the build's steps of that function, as Pipeline Graph View shows them. */
    public List<String> graphViewSteps(String title) {
        List<String> states = new ArrayList<>();
        job.jenkins().get(path() + "stages/allSteps").json().at("/data/steps").forEach(step -> {
            if (step.toString().contains(title)) {
                states.add(step.get("state").asText());
            }
        });
        return states;
    }

    /**
     * The stages of the build by name with their states, as Stage View shows them, or the embedded controller's list in
     * the same words. Stage View does not know the pause of any step but {@code input}.
     */
    public Map<String, String> stageView() {
        if (isEmbedded()) {
            return list(state -> state.equals("PAUSED") ? "IN_PROGRESS" : state);
        }
        Map<String, String> states = new LinkedHashMap<>();
        collect(job.jenkins().get(path() + "wfapi/describe").json().at("/stages"), "none", "status", states);
        return states;
    }

    /**
     * The stages around others by name with their results, from {@link #graphView()}: Stage View shows a stage that has
     * others in it as ended once the first of them begins.
     */
    public Map<String, String> outerStages() {
        Map<String, String> results = new LinkedHashMap<>(graphView());
        results.replaceAll((name, state) -> state.toUpperCase(Locale.ROOT));
        return results;
    }

    private boolean isEmbedded() {
        return job.jenkins().controller() instanceof EmbeddedController;
    }

    /** The embedded controller's own list of the build's stages, by name with their states. */
    private Map<String, String> list(UnaryOperator<String> words) {
        Map<String, String> states = new LinkedHashMap<>();
        collect(job.jenkins().get(path() + "stages/api/json").json(), "none", "status", states);
        states.replaceAll((name, state) -> words.apply(state));
        return states;
    }

    private static void collect(JsonNode stages, String children, String state, Map<String, String> states) {
        stages.forEach(stage -> {
            states.put(stage.get("name").asText(), stage.get(state).asText());
            collect(stage.path(children), children, state, states);
        });
    }

    /** Those of {@link #approvals()} that are in that state. */
    public List<JsonNode> approvals(String state) {
        return inState(approvals(), state);
    }

    private static List<JsonNode> inState(Iterable<JsonNode> approvals, String state) {
        return StreamSupport.stream(approvals.spliterator(), false)
                .filter(approval -> approval.get("state").asText().equals(state))
                .toList();
    }

    /** The callback of one of {@link #approvals()}, whether or not a webhook was told of it. */
    public Callback callback(JsonNode approval, String token) {
        return new Callback(
                job.jenkins().controller().url() + "armory/approvals/"
                        + approval.get("id").asText(),
                token);
    }

    /**
     * Has a person decide about one of {@link #approvals()}.
     *
     * @param decision {@code approve} or {@code reject}
     */
    public Answer decide(JsonNode approval, String decision, String comment) {
        return job.jenkins().decide("armory/approvals/" + approval.get("id").asText() + "/" + decision, comment);
    }

    /** The same, with what the person fills in. */
    public Answer decide(JsonNode approval, String decision, String comment, String inputs) {
        return job.jenkins()
                .post(
                        "armory/approvals/" + approval.get("id").asText() + "/" + decision,
                        Map.of("comment", comment, "inputs", inputs));
    }

    /** Decides about one of {@link #approvals()}, whatever is missing. */
    public Answer override(JsonNode approval, String decision, String reason) {
        return job.jenkins()
                .post(
                        "armory/approvals/" + approval.get("id").asText() + "/override",
                        Map.of("decision", decision, "reason", reason));
    }

    /** The same, with what the administrator fills in. */
    public Answer override(JsonNode approval, String decision, String reason, String inputs) {
        return job.jenkins()
                .post(
                        "armory/approvals/" + approval.get("id").asText() + "/override",
                        Map.of("decision", decision, "reason", reason, "inputs", inputs));
    }

    /** Whether none of the build's approvals waits for anything any more. */
    public boolean hasNothingPending() {
        // From one answer: other builds push what is decided out of the newest hundred.
        return approvals().stream()
                .allMatch(approval -> approval.get("state").asText().equals("DECIDED"));
    }

    /**
     * At which steps the threads of the program are, as the thread dump of a real Jenkins has it; none where it does
     * not run.
     */
    public List<String> innermostSteps() {
        return job.jenkins().find(path() + "threadDump/").stream()
                .map(page -> page.body().substring(page.body().indexOf("<pre"))) // a button to copy it has it too
                .flatMap(dump -> INNERMOST.matcher(dump).results())
                .map(match -> match.group(1))
                .toList();
    }

    /** Ends the build by force, whatever its program waits for; a real Jenkins knows how to. */
    public void kill() {
        job.jenkins().post(path() + "kill");
    }

    /** The stages of a Declarative build that it can be restarted from, in their order. */
    public List<String> restartableStages() {
        List<String> stages = new ArrayList<>();
        JsonNode json = job.jenkins()
                .get(path() + "api/json?tree=actions[restartableStages]")
                .json();
        for (JsonNode action : json.get("actions")) {
            action.path("restartableStages").forEach(stage -> stages.add(stage.asText()));
        }
        return stages;
    }

    /**
     * Starts a Declarative build anew from one of its stages, and returns the new one, which must be the next of its
     * job.
     */
    public Build restartFrom(String stage) {
        job.jenkins()
                .post(path() + "restart/restartPipeline?stageName=" + URLEncoder.encode(stage, StandardCharsets.UTF_8));
        Build next = new Build(job, number + 1);
        Wait.until(next + " has begun").until(next::exists);
        return next;
    }

    public void abort() {
        job.jenkins().post(path() + "stop");
    }

    public void delete() {
        job.jenkins().post(path() + "doDelete");
    }

    @Override
    public String toString() {
        return job.name() + " #" + number;
    }
}
