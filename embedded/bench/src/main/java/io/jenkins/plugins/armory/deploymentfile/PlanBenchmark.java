package io.jenkins.plugins.armory.deploymentfile;

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

/** Measures the reading of a deployment file with 100 targets of five conditions each, from its text to the plan. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MILLISECONDS)
@Warmup(iterations = 3, time = 2)
@Measurement(iterations = 5, time = 2)
@Fork(1)
public class PlanBenchmark {

    private final String text = text();

    private static String text() {
        var text = new StringBuilder("""
                version: v1
                kind: kubernetes
                strategies:
                  steps:
                    canary:
                      steps:
                        - setWeight: {weight: 25}
                        - pause: {duration: 5, unit: minutes}
                webhooks:
                  - name: tests
                    uriTemplate: https://ci.example.com/start
                context: {ref: main}
                targets:
                """);
        for (int i = 0; i < 100; i++) {
            text.append("""
                      target-%d:
                        account: cluster
                        namespace: shop
                        strategy: steps
                        constraints:
                          dependsOn: [%s]
                          beforeDeployment:
                            - pause:
                                untilApproved: true
                                requiresRoles: [managers]
                            - runWebhook:
                                name: tests
                                context: {suite: smoke}
                            - pause:
                                duration: 1
                                unit: minutes
                          afterDeployment:
                            - runWebhook:
                                name: tests
                            - analysis:
                                interval: 30
                                units: seconds
                                numberOfJudgmentRuns: 3
                                queries: [errors]
                    """.formatted(i, i == 0 ? "" : "target-" + (i - 1) / 2));
        }
        return text.toString();
    }

    @Benchmark
    public PlannedDeployment plan() throws PlannedDeployment.InvalidException {
        return PlannedDeployment.read(text, Map.of(), Map.of());
    }
}
