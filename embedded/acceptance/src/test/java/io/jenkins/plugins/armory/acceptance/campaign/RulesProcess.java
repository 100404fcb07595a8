package io.jenkins.plugins.armory.acceptance.campaign;

import io.jenkins.plugins.armory.acceptance.driver.ExternalProcess;
import io.jenkins.plugins.armory.acceptance.driver.ExternalProcess.Call;
import io.jenkins.plugins.armory.acceptance.driver.ExternalProcess.Reply;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;

/** The external process that the rules of the settings call. All builds of a controller have it in common. */
public final class RulesProcess implements AutoCloseable {

    private final ExternalProcess process = new ExternalProcess();
    private final Map<String, Function<Call, Reply>> jobs = new ConcurrentHashMap<>();

    public RulesProcess() {
        process.onCall(call -> jobs.get(job(call)).apply(call));
    }

    /** Elements of {@code webhooks} in the settings. */
    public String webhooks() {
        return webhook("before-1") + webhook("before-2") + webhook("after");
    }

    private String webhook(String name) {
        return """
                      - name: %1$s
                        uriTemplate: "%2$s/{{armory.applicationName}}/%1$s"
                        bodyTemplate:
                          inline: '{"callbackUri": "{{armory.callbackUri}}", "callbackToken": "{{armory.callbackToken}}"}'
                """.formatted(name, process.url());
    }

    /** The environments of {@link Scenario#PROTECTED} and {@link Scenario#PROTECTED_FAILURE} in the settings. */
    public String environments() {
        return """
                  armoryEnvironments:
                    environments:
                      - {name: guarded, jobs: "job-*", before: [{webhook: before-1}, {webhook: before-2}], after: [{webhook: after}]}
                      - {name: checked, jobs: "job-*", after: [{webhook: after}]}
                """;
    }

    /** Sets who answers the calls for the builds of a job. */
    void onCall(String job, Function<Call, Reply> behaviour) {
        jobs.put(job, behaviour);
    }

    /** The calls for the builds of a job. */
    List<Call> calls(String job) {
        return process.calls().stream().filter(call -> job(call).equals(job)).toList();
    }

    private static String job(Call call) {
        return call.path().split("/")[2];
    }

    @Override
    public void close() {
        process.close();
    }
}
