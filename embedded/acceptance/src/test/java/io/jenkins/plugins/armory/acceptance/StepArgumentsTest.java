package io.jenkins.plugins.armory.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import io.jenkins.plugins.armory.acceptance.driver.Build;
import io.jenkins.plugins.armory.acceptance.driver.ExternalProcess;
import io.jenkins.plugins.armory.acceptance.driver.Jenkins;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Arguments that a step does not have, or not so: each ends the step before anything is called. */
@AcceptanceTest
class StepArgumentsTest {

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "manualApprovall: [message: 'go?']                    | manualApprovall: there is no such parameter; did you mean manualApproval?",
                "manualapproval: [message: 'go?']                     | manualapproval: there is no such parameter; did you mean manualApproval?",
                "Phase: 'beforeDeployment'                            | Phase: there is no such parameter; did you mean phase?",
                "manualApproval: [submitter: 'alice']                 | manualApproval.submitter: there is no such parameter; did you mean submitters?",
                "manualApproval: 'alice'                              | manualApproval: must be a map with the keys message, ",
                "manualApproval: ['alice']                            | manualApproval: must be a map with the keys message, ",
                "manualApproval: true                                 | manualApproval: must be a map with the keys message, ",
                "headers: [[kye: 'a', value: 'b']]                    | headers[0].kye: there is no such parameter; did you mean key?",
                "headers: [[key: 'a', value: 'b'], 'c']               | headers[1]: must be a map with the keys key, value",
                "headers: [[key: 'a', value: 'b'], null]              | headers[1]: is null; give it a value, or leave it out",
                "headers: [key: 'a', value: 'b']                      | headers: must be a list, such as [[key: '...', value: '...']]",
                "bodyTemplate: [inlin: '{}']                          | bodyTemplate.inlin: there is no such parameter; did you mean inline?",
                "bodyTemplate: '{}'                                   | bodyTemplate: must be a map with the keys inline",
                "cancel: [uriTemplte: 'https://ci.example.com/']      | cancel.uriTemplte: there is no such parameter; did you mean uriTemplate?",
                "cancel: [uriTemplate: 'https://ci.example.com/', headers: [[kye: 'a']]] | cancel.headers[0].kye: there is no such parameter; did you mean key?",
                "context: [[key: 'a', valu: 'b']]                     | context[0].valu: there is no such parameter; did you mean value?",
                "context: 'a'                                         | context: must be a map, such as [name: '...']",
                "signWith: ''                                         | signWith: is empty; give it a value, or leave it out",
                "phase: 1                                             | phase: must be a text; put 1 into quotes",
                "manualApproval: [message: 5]                         | manualApproval.message: must be a text; put 5 into quotes",
                "allowedCallers: 'client-1'                           | allowedCallers: must be a list, such as ['...', '...']",
                "allowedCallers: env.CALLERS                          | allowedCallers: is empty; give it a value, or leave it out",
                "allowedCallers: ['']                                 | allowedCallers: is empty; give it a value, or leave it out",
                "allowedCallers: ['client-1', ' ']                    | allowedCallers[1]: is empty; give it a value, or leave it out",
                "notify: ['']                                         | notify[0]: is empty; give it a value, or leave it out",
                "notify: ''                                           | notify[0]: is empty; give it a value, or leave it out",
                "manualApproval: [submitters: \"${env.APPROVERS}\"]    | manualApproval: submitters: is the text \"null\", as Groovy writes a variable that is not set",
                "answer: [pointer: '/a', equals: [\"${env.STATE}\"]]    | answer: equals: is the text \"null\", as Groovy writes a variable that is not set",
                "environment: \"${env.TARGET}\"                        | environment: is the text \"null\", as Groovy writes a variable that is not set",
                "callbackCredentialsId: env.CREDENTIAL                | callbackCredentialsId: is empty; give it a value, or leave it out",
                "manualApproval: env.GATE                             | manualApproval: is null; give it a value, or leave it out",
                "manualApproval: [submitters: env.APPROVERS]          | manualApproval: submitters: is empty; give it a value, or leave it out",
                "manualApproval: [submitters: ' ']                    | manualApproval: submitters: is empty; give it a value, or leave it out",
                "manualApproval: [submitters: ' ,, ']                 | manualApproval.submitters: names nobody; ",
                "manualApproval: [submitters: [a: 'alice']]           | manualApproval.submitters: must be a list, such as ['...', '...']",
                "manualApproval: [notByRequester: 'yes']              | manualApproval.notByRequester: \"yes\" is neither true nor false",
                "manualApproval: [notByRequester: '']                 | manualApproval.notByRequester: \"\" is neither true nor false",
                "manualApproval: [required: 1.9]                      | manualApproval.required: \"1.9\" is not a whole number",
                "manualApproval: [required: 'two']                    | manualApproval.required: \"two\" is not a whole number",
                "manualApproval: [submitters: 'alice; bob']           | manualApproval.submitters: \"alice; bob\" is one name; make a list",
                "submitters: 'alice'                                  | submitters: there is no such parameter; did you mean manualApproval.submitters?",
                "timeout: 0.5, unit: 'HOURS'                          | timeout: \"0.5\" is not a whole number",
                "manualApproval: [required: 99999999999]               | manualApproval.required: 99999999999 is too large",
                "context: [release: env.RELEASE]                      | context.release: is null; give it a value, or leave it out",
                "context: [[key: 'a', value: env.RELEASE]]            | context[0].value: is null; give it a value, or leave it out",
                "manualApproval: [required: null]                     | manualApproval.required: is null; give it a value, or leave it out",
                "context: [release: \"${env.RELEASE}\"]                | context.release: is the text \"null\", as Groovy writes a variable that is not set",
                "headers: [[key: 'X-Release', value: \"${env.RELEASE}\"]] | headers.X-Release: is the text \"null\", as Groovy writes a variable that is not set",
                "manualApproval: [message: \"${env.QUESTION}\"]       | manualApproval: message: is the text \"null\", as Groovy writes a variable that is not set",
                "manualApproval: [message: {}]                        | manualApproval.message: must be a text",
                "webhook: [name: 'checks']                            | webhook: must be a text, not a list or a map",
                "phase: env.PHASE                                     | phase: is empty; give it a value, or leave it out",
                "phase: ''                                            | phase: is empty; give it a value, or leave it out",
                "timeout: null                                        | timeout: is null; give it a value, or leave it out",
                "timeout: 5, unit: 'minutes'                          | unit: \"minutes\" is not one of NANOSECONDS, MICROSECONDS, MILLISECONDS, SECONDS, MINUTES, HOURS, DAYS",
            })
    void mistakeIsAnErrorBeforeAnythingIsCalled(
            String parameter, String message, Jenkins jenkins, ExternalProcess process) {
        Build build = jenkins.build(
                "armoryWebhookApproval(name: 'checks', uriTemplate: '%s', %s)".formatted(process.url(), parameter));

        assertThat(build.awaitResult("FAILURE"))
                .contains("armoryWebhookApproval: " + message)
                .doesNotContain("at io.jenkins.plugins.armory");
        assertThat(build.approvals()).isEmpty();
        assertThat(process.calls()).isEmpty();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "armoryEnvironment(name: 'prod', dependOn: ['dev'])           | armoryEnvironment: dependOn: there is no such parameter; did you mean dependsOn?",
                "armoryEnvironment(name: 'prod', dependsOn: [[nam: 'dev']])   | armoryEnvironment: dependsOn[0].nam: there is no such parameter; did you mean name?",
                "armoryEnvironment(name: 'prod', dependsOn: [name: 'dev'])    | armoryEnvironment: dependsOn: must be a list",
                "armoryEnvironment(name: 'prod', dependsOn: 5)                | armoryEnvironment: dependsOn: must be a list",
                "armoryEnvironment(name: 'prod', dependsOn: [5])              | armoryEnvironment: dependsOn[0]: must be a text; put 5 into quotes",
                "armoryEnvironment(name: 'prod', dependsOn: [''])             | armoryEnvironment: dependsOn: has an empty name; leave it out",
                "armoryEnvironment(name: 'prod', dependsOn: \"${env.BEFORE}\") | armoryEnvironment: dependsOn[0]: name: is the text \"null\", as Groovy writes a variable that is not set",
                "armoryEnvironment(\"${env.TARGET}\")                          | armoryEnvironment: name: is the text \"null\", as Groovy writes a variable that is not set",
                "armoryEnvironment(name: 'prod', dependsOn: [env.BEFORE])     | armoryEnvironment: dependsOn[0]: is null; give it a value, or leave it out",
                "armoryEnvironment(name: 'prod', dependsOn: env.BEFORE)       | armoryEnvironment: dependsOn: is null; give it a value, or leave it out",
                "armoryRollback(environmnt: 'prod')                           | armoryRollback: environmnt: there is no such parameter; did you mean environment?",
                "armoryRollback(environment: 'prod', only: 'once')            | armoryRollback: only: there is no such parameter; did you mean",
            })
    void mistakeInABlockIsAnErrorBeforeItsBodyIsRun(String step, String message, Jenkins jenkins) {
        Build build = jenkins.build(step + " { echo 'in the body' }");

        assertThat(build.awaitResult("FAILURE"))
                .contains(message)
                .doesNotContain("in the body", "IllegalArgumentException");
    }

    @Test
    void whoeverWritesAStepOfADeploymentIsToldWhatToWrite(Jenkins jenkins) {
        Build build = jenkins.build("armoryDeploymentAction { echo 'in the body' }");

        assertThat(build.awaitResult("FAILURE"))
                .contains("armoryDeploymentAction: environment is missing; the step belongs to armoryDeployment")
                .doesNotContain("in the body", "NullPointerException");
    }
}
