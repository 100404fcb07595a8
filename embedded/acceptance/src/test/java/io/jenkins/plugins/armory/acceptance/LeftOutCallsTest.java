package io.jenkins.plugins.armory.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import io.jenkins.plugins.armory.acceptance.driver.Build;
import io.jenkins.plugins.armory.acceptance.driver.ExternalProcess;
import io.jenkins.plugins.armory.acceptance.driver.ExternalProcess.Reply;
import io.jenkins.plugins.armory.acceptance.driver.Jenkins;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Gates in code that the Pipeline engine does not run: Java, Groovy's own methods, methods with {@code @NonCPS} and constructors. The
 * engine would go on after the first of them, or before it. Every gate opens at once, so what stands behind them runs unless the call
 * itself is refused.
 */
@AcceptanceTest
class LeftOutCallsTest {

    private static final String PRODUCTION = """

            stage('prod') { echo 'production' }
            armoryEnvironment('prod') { echo 'production' }
            """;

    private static Build run(Jenkins jenkins, ExternalProcess process, String script) {
        process.onCall(call -> {
            call.callback().succeed("yes");
            return Reply.of(202);
        });
        String gate = "armoryWebhookApproval(name: %s, uriTemplate: '" + process.url() + "', bodyTemplate: [inline:"
                + " '{\"callbackUri\": \"{{armory.callbackUri}}\", \"callbackToken\": \"{{armory.callbackToken}}\"}'])";
        return jenkins.build(script.replaceAll("GATE\\((.*?)\\)", gate.formatted("$1")) + PRODUCTION);
    }

    private static void assertRefused(Build build) {
        assertThat(build.awaitResult("FAILURE"))
                .contains("ERROR: ")
                .contains("which the Pipeline engine does not run")
                .doesNotContain("production");
        assertThat(build.hasNothingPending()).isTrue();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "@NonCPS def both() { GATE('qa'); GATE('security') }\nboth()",
                "@NonCPS def both() { ['qa', 'security'].each { GATE(it) } }\nstage('gates') { both() }",
                "class Gates { Gates(script) { script.GATE('qa'); script.GATE('security') } }\nnew Gates(this)",
                """
                class Gates implements Comparable<Gates>, Serializable {
                    def script
                    @NonCPS int compareTo(Gates other) { script.GATE('qa'); 1 }
                }
                [new Gates(script: this), new Gates(script: this)].toSorted()""",
                """
                class Gates implements Serializable {
                    def script
                    @NonCPS String toString() { script.GATE('qa'); 'v1' }
                }
                echo "release ${new Gates(script: this)}\"""",
                """
                @NonCPS def both() {
                    armoryEnvironment('qa') { }
                    armoryEnvironment('security') { }
                }
                both()""",
                "@NonCPS def both() { armoryRollback('qa') { } }\nboth()",
            })
    void aGateThatTheEngineDoesNotCallIsAnErrorBeforeItsCall(String script, Jenkins jenkins, ExternalProcess process) {
        assertRefused(run(jenkins, process, script));

        assertThat(process.calls()).isEmpty();
    }

    private static final String CAUGHT = "@NonCPS def both() { try { GATE('qa') } catch (Throwable t) { } }\n";

    @Test
    void aMethodThatCatchesEverythingAsksNobody(Jenkins jenkins, ExternalProcess process) {
        Build build = run(jenkins, process, CAUGHT + "both()\nerror 'both has returned'");

        build.awaitResult("FAILURE");
        assertThat(process.calls()).isEmpty();
    }

    @ParameterizedTest
    @EnabledIfSystemProperty(named = "jenkins.war", matches = ".+", disabledReason = "needs the engine of Jenkins")
    @ValueSource(
            strings = {
                CAUGHT + "both()",
                CAUGHT + "stage('gates') { both() }",
                "armoryEnvironment('gates') { }\n" + CAUGHT + "armoryEnvironment('more') { both() }",
                "'qa\\nsecurity'.eachLine { who -> GATE(who) }",
                "stage('gates') { 'qa\\nsecurity'.eachLine { who -> GATE(who) } }",
                "'qa\\nsecurity'.eachLine { who -> withEnv(['A=b']) { timeout(1) { GATE(who) } } }",
                "'qa\\nsecurity'.eachLine { who -> sleep 1; GATE(who) }",
                "'qa\\nsecurity'.eachLine { who -> try { GATE(who) } catch (e) { } }",
                "def ask(who) { GATE(who) }\n'qa\\nsecurity'.eachLine { who -> ask(who) }",
                "def ask(who) { GATE(who) }\n@NonCPS def both() { ask('qa'); ask('security') }\nboth()",
                "def ask(who) { GATE(who) }\n@NonCPS def both() { ask('qa'); ask('security') }\nstage('gates') { both() }",
                "@NonCPS def both(Closure ask) { ask('qa'); ask('security') }\nboth { GATE(it) }",
                "@NonCPS def both(Closure ask) { ask('qa'); ask('security') }\nstage('gates') { both { GATE(it) } }",
                "@NonCPS def both(Closure ask) { ask('qa'); ask('security') }\nsleep 1\nboth { GATE(it) }",
                "[:].withDefault(this.&armoryWebhookApproval).get([name: 'qa', manualApproval: [message: 'Go?']])",
                "echo \"asked: ${-> GATE('qa'); GATE('security')}\"",
                """
                class Gates implements Serializable {
                    def script
                    String toString() { script.GATE('qa'); 'v1' }
                }
                echo "release ${new Gates(script: this)}\"""",
                """
                class Gates implements Comparable<Gates>, Serializable {
                    def script
                    int compareTo(Gates other) { script.GATE('qa'); 1 }
                }
                [new Gates(script: this), new Gates(script: this), new Gates(script: this)].toSorted()""",
                "'qa\\nsecurity'.eachLine { who -> armoryEnvironment(who) { echo who } }",
                "'qa\\nsecurity'.eachLine { who -> armoryRollback(who) { } }",
                "parallel(a: { 'qa\\nsecurity'.eachLine { who -> GATE(who) } }, b: { sleep 1 })",
            })
    void whatTheEngineLeavesEarlyIsAnError(String script, Jenkins jenkins, ExternalProcess process) {
        Build build = run(jenkins, process, script);

        String log = build.awaitLogEnd();
        assertThat(log).doesNotContain("production").contains("Pipeline engine does not run");
        assertThat(build.hasNothingPending()).isTrue();
    }

    @ParameterizedTest
    @EnabledIfSystemProperty(named = "jenkins.war", matches = ".+", disabledReason = "needs the engine of Jenkins")
    @ValueSource(
            strings = {
                "try { armoryWebhookApproval('smoke') } catch (e) { echo 'caught' }",
                "armoryEnvironment('staging') { try { armoryWebhookApproval('smoke') } catch (e) { echo 'caught' } }",
                "stage('a') { catchError { armoryWebhookApproval('smoke') } }",
                "try { armoryApproval(webhook: 'x') } catch (e) { echo 'caught' }",
                "try { armoryEnvironment('qa') } catch (e) { }",
                "try { armoryEnvironment('qa', dependsOn: ['dev']) { } } catch (e) { }",
                "catchError { parallel(a: { armoryWebhookApproval('smoke') }, b: { sleep 1 }) }",
                "try { armoryWebhookApproval('smoke') } catch (e) { }\ntry { GATE('qa') } catch (e) { }",
            })
    void whatTheEngineRefusesIsClosed(String script, Jenkins jenkins, ExternalProcess process) {
        Build build = run(jenkins, process, script);

        assertThat(build.awaitResult("FAILURE"))
                .contains("ERROR: armory", ": the Pipeline engine has refused a call")
                .doesNotContain("production");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "for (who in ['qa', 'security']) { GATE(who) }",
                "['qa', 'security'].each { who -> GATE(who) }",
                "echo \"${['qa', 'security'].collect { who -> GATE(who).success }}\"",
                "def ask = { who -> GATE(who) }\nask('qa')\nask.call('security')",
                "def ask(Closure body) { body('qa'); body('security') }\nask { who -> GATE(who) }",
                "class Gates implements Serializable { def script\ndef ask(who) { script.GATE(who) } }\n"
                        + "def gates = new Gates(script: this)\ngates.ask('qa')\ngates.ask('security')",
                "@NonCPS def names() { 'qa\\nsecurity'.readLines() }\nfor (who in names()) { GATE(who) }",
                "def lines = []\n'a\\nb'.eachLine { lines << it }\nGATE('qa')\nGATE('security')",
            })
    void whatTheEngineRunsIsAsked(String script, Jenkins jenkins, ExternalProcess process) {
        Build build = run(jenkins, process, script);

        assertThat(build.awaitResult("SUCCESS")).contains("production");
        assertThat(process.calls()).hasSize(2);
    }
}
