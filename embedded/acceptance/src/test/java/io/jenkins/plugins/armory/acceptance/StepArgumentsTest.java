package io.jenkins.plugins.armory.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import io.jenkins.plugins.armory.acceptance.driver.Build;
import io.jenkins.plugins.armory.acceptance.driver.ExternalProcess;
import io.jenkins.plugins.armory.acceptance.driver.Jenkins;
import org.junit.jupiter.api.Test;

/** Arguments that a step does not have, or not so: each ends the step before anything is called. */
@AcceptanceTest
class StepArgumentsTest {

    @Test
    void mistakeIsAnErrorBeforeAnythingIsCalled(Jenkins jenkins, ExternalProcess process) {
        Mistakes.assertNamed(
                jenkins,
                "armoryWebhookApproval(name: 'checks', uriTemplate: '" + process.url() + "', %s)",
                "manualApprovall: [message: 'go?']                    | armoryWebhookApproval: manualApprovall: there is no such parameter; did you mean manualApproval?",
                "manualapproval: [message: 'go?']                     | armoryWebhookApproval: manualapproval: there is no such parameter; did you mean manualApproval?",
                "Phase: 'beforeDeployment'                            | armoryWebhookApproval: Phase: there is no such parameter; did you mean phase?",
                "manualApproval: [submitter: 'alice']                 | armoryWebhookApproval: manualApproval.submitter: there is no such parameter; did you mean submitters?",
                "manualApproval: ['alice']                            | armoryWebhookApproval: manualApproval: must be a map with the keys message, ",
                "manualApproval: true                                 | armoryWebhookApproval: manualApproval: must be a map with the keys message, ",
                "headers: [[kye: 'a', value: 'b']]                    | armoryWebhookApproval: headers[0].kye: there is no such parameter; did you mean key?",
                "headers: [[key: 'a', value: 'b'], 'c']               | armoryWebhookApproval: headers[1]: must be a map with the keys key, value",
                "headers: [[key: 'a', value: 'b'], null]              | armoryWebhookApproval: headers[1]: is null; give it a value, or leave it out",
                "headers: [key: 'a', value: 'b']                      | armoryWebhookApproval: headers: must be a list, such as [[key: '...', value: '...']]",
                "bodyTemplate: [inlin: '{}']                          | armoryWebhookApproval: bodyTemplate.inlin: there is no such parameter; did you mean inline?",
                "bodyTemplate: '{}'                                   | armoryWebhookApproval: bodyTemplate: must be a map with the keys inline",
                "cancel: [uriTemplte: 'https://ci.example.com/']      | armoryWebhookApproval: cancel.uriTemplte: there is no such parameter; did you mean uriTemplate?",
                "cancel: [uriTemplate: 'https://ci.example.com/', headers: [[kye: 'a']]] | armoryWebhookApproval: cancel.headers[0].kye: there is no such parameter; did you mean key?",
                "context: [[key: 'a', valu: 'b']]                     | armoryWebhookApproval: context[0].valu: there is no such parameter; did you mean value?",
                "context: 'a'                                         | armoryWebhookApproval: context: must be a map, such as [name: '...']",
                "signWith: ''                                         | armoryWebhookApproval: signWith: is empty; give it a value, or leave it out",
                "phase: 1                                             | armoryWebhookApproval: phase: must be a text; put 1 into quotes",
                "manualApproval: [message: 5]                         | armoryWebhookApproval: manualApproval.message: must be a text; put 5 into quotes",
                "allowedCallers: 'client-1'                           | armoryWebhookApproval: allowedCallers: must be a list, such as ['...', '...']",
                "allowedCallers: env.CALLERS                          | armoryWebhookApproval: allowedCallers: is empty; give it a value, or leave it out",
                "allowedCallers: ['']                                 | armoryWebhookApproval: allowedCallers: is empty; give it a value, or leave it out",
                "allowedCallers: ['client-1', ' ']                    | armoryWebhookApproval: allowedCallers[1]: is empty; give it a value, or leave it out",
                "notify: ['']                                         | armoryWebhookApproval: notify[0]: is empty; give it a value, or leave it out",
                "notify: ''                                           | armoryWebhookApproval: notify[0]: is empty; give it a value, or leave it out",
                "manualApproval: [submitters: \"${env.APPROVERS}\"]    | armoryWebhookApproval: manualApproval: submitters: is the text \"null\", as Groovy writes a variable that is not set",
                "answer: [pointer: '/a', equals: [\"${env.STATE}\"]]    | armoryWebhookApproval: answer: equals: is the text \"null\", as Groovy writes a variable that is not set",
                "environment: \"${env.TARGET}\"                        | armoryWebhookApproval: environment: is the text \"null\", as Groovy writes a variable that is not set",
                "callbackCredentialsId: env.CREDENTIAL                | armoryWebhookApproval: callbackCredentialsId: is empty; give it a value, or leave it out",
                "manualApproval: env.GATE                             | armoryWebhookApproval: manualApproval: is null; give it a value, or leave it out",
                "manualApproval: [submitters: env.APPROVERS]          | armoryWebhookApproval: manualApproval: submitters: is empty; give it a value, or leave it out",
                "manualApproval: [submitters: ' ']                    | armoryWebhookApproval: manualApproval: submitters: is empty; give it a value, or leave it out",
                "manualApproval: [submitters: ' ,, ']                 | armoryWebhookApproval: manualApproval.submitters: names nobody; ",
                "manualApproval: [submitters: [a: 'alice']]           | armoryWebhookApproval: manualApproval.submitters: must be a list, such as ['...', '...']",
                "manualApproval: [notByRequester: 'yes']              | armoryWebhookApproval: manualApproval.notByRequester: \"yes\" is neither true nor false",
                "manualApproval: [notByRequester: '']                 | armoryWebhookApproval: manualApproval.notByRequester: \"\" is neither true nor false",
                "manualApproval: [required: 1.9]                      | armoryWebhookApproval: manualApproval.required: \"1.9\" is not a whole number",
                "manualApproval: [required: 'two']                    | armoryWebhookApproval: manualApproval.required: \"two\" is not a whole number",
                "manualApproval: [submitters: 'alice; bob']           | armoryWebhookApproval: manualApproval.submitters: \"alice; bob\" is one name; make a list",
                "submitters: 'alice'                                  | armoryWebhookApproval: submitters: there is no such parameter; did you mean manualApproval.submitters?",
                "timeout: 0.5, unit: 'HOURS'                          | armoryWebhookApproval: timeout: \"0.5\" is not a whole number",
                "manualApproval: [required: 99999999999]               | armoryWebhookApproval: manualApproval.required: 99999999999 is too large",
                "context: [release: env.RELEASE]                      | armoryWebhookApproval: context.release: is null; give it a value, or leave it out",
                "context: [[key: 'a', value: env.RELEASE]]            | armoryWebhookApproval: context[0].value: is null; give it a value, or leave it out",
                "manualApproval: [required: null]                     | armoryWebhookApproval: manualApproval.required: is null; give it a value, or leave it out",
                "context: [release: \"${env.RELEASE}\"]                | armoryWebhookApproval: context.release: is the text \"null\", as Groovy writes a variable that is not set",
                "headers: [[key: 'X-Release', value: \"${env.RELEASE}\"]] | armoryWebhookApproval: headers.X-Release: is the text \"null\", as Groovy writes a variable that is not set",
                "manualApproval: [message: \"${env.QUESTION}\"]       | armoryWebhookApproval: manualApproval: message: is the text \"null\", as Groovy writes a variable that is not set",
                "manualApproval: [message: {}]                        | armoryWebhookApproval: manualApproval.message: must be a text",
                "webhook: [name: 'checks']                            | armoryWebhookApproval: webhook: must be a text, not a list or a map",
                "phase: env.PHASE                                     | armoryWebhookApproval: phase: is empty; give it a value, or leave it out",
                "phase: ''                                            | armoryWebhookApproval: phase: is empty; give it a value, or leave it out",
                "timeout: null                                        | armoryWebhookApproval: timeout: is null; give it a value, or leave it out",
                "timeout: 5, unit: 'minutes'                          | armoryWebhookApproval: unit: \"minutes\" is not one of NANOSECONDS, MICROSECONDS, MILLISECONDS, SECONDS, MINUTES, HOURS, DAYS");
        assertThat(process.calls()).isEmpty();
    }

    @Test
    void mistakeInABlockIsAnErrorBeforeItsBodyIsRun(Jenkins jenkins) {
        Mistakes.assertNamed(
                jenkins,
                "%s { echo 'in the ' + 'body' }",
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
                "armoryRollback(environment: 'prod', only: 'once')            | armoryRollback: only: there is no such parameter; did you mean");
    }

    @Test
    void whoeverWritesAStepOfADeploymentIsToldWhatToWrite(Jenkins jenkins) {
        Build build = jenkins.build("armoryDeploymentAction { echo 'in the body' }");

        assertThat(build.awaitResult("FAILURE"))
                .contains("armoryDeploymentAction: environment is missing; the step belongs to armoryDeployment")
                .doesNotContain("in the body", "NullPointerException");
    }
}
