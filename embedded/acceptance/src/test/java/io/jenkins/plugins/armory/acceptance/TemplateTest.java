package io.jenkins.plugins.armory.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.jenkins.plugins.armory.acceptance.driver.Build;
import io.jenkins.plugins.armory.acceptance.driver.ExternalProcess;
import io.jenkins.plugins.armory.acceptance.driver.ExternalProcess.Call;
import io.jenkins.plugins.armory.acceptance.driver.Jenkins;
import org.junit.jupiter.api.Test;

/** What goes over the wire, and what is found wrong with a webhook before anything does. */
@AcceptanceTest
class TemplateTest {

    @Test
    void defaultBodyTellsWhatAnExternalProcessNeeds(Jenkins jenkins, ExternalProcess process) {
        Build build = jenkins.build("""
                stage('staging') {
                    armoryWebhookApproval(uriTemplate: '%s', context: [version: '1.2', region: 'eu'])
                }
                """.formatted(process.url()));

        Call call = process.awaitCall();

        assertThat(call.method()).isEqualTo("POST");
        assertThat(call.header("Content-Type")).isEqualTo("application/json");
        JsonNode body = call.json();
        String url = jenkins.controller().url();
        String id = call.callback().id();
        assertThat(body.fieldNames())
                .toIterable()
                .containsExactly(
                        "callbackUri",
                        "callbackToken",
                        "approvalId",
                        "deploymentId",
                        "environment",
                        "phase",
                        "context",
                        "buildUrl");
        assertThat(body.get("callbackUri").textValue()).isEqualTo(url + "armory/approvals/" + id);
        assertThat(body.get("approvalId").textValue()).isEqualTo(id).isEqualTo(call.header("Idempotency-Key"));
        assertThat(body.get("deploymentId").textValue()).isEqualTo(build.job().name() + "#" + build.number());
        assertThat(body.get("environment").textValue()).isEqualTo("staging");
        assertThat(body.get("phase").textValue()).isEqualTo("strategy");
        assertThat(body.get("context")).hasToString("{\"version\":\"1.2\",\"region\":\"eu\"}");
        assertThat(body.get("buildUrl").textValue())
                .isEqualTo(url + "job/" + build.job().name() + "/" + build.number() + "/");
    }

    @Test
    void variablesAreFilledInAndEscapedForWhereTheyStand(Jenkins jenkins, ExternalProcess process) {
        Build build = jenkins.build("""
                armoryWebhookApproval(
                    name: 'checks',
                    method: 'PUT',
                    uriTemplate: '%s/{{context.odd}}?job={{armory.applicationName}}',
                    headers: [
                        [key: 'X-Deployment', value: 'no. {{armory.deploymentId}}'],
                        [key: 'Content-Type', value: 'application/vnd.example+json']],
                    bodyTemplate: [inline: '{"odd": "{{context.odd}}", "in": "{{ armory.environmentName }}"}'],
                    environment: 'production',
                    disableCallback: true,
                    context: [odd: 'a/b "c" & d'])
                """.formatted(process.url()));

        Call call = process.awaitCall();

        assertThat(call.method()).isEqualTo("PUT");
        assertThat(call.path())
                .isEqualTo(
                        "/checks/a%2Fb%20%22c%22%20%26%20d?job=" + build.job().name());
        assertThat(call.header("X-Deployment")).isEqualTo("no. " + build.job().name() + "#" + build.number());
        assertThat(call.header("Content-Type")).isEqualTo("application/vnd.example+json");
        assertThat(call.json().get("odd").textValue()).isEqualTo("a/b \"c\" & d");
        assertThat(call.json().get("in").textValue()).isEqualTo("production");
    }

    @Test
    void secretsAreSentAndNotShown(Jenkins jenkins, ExternalProcess process) {
        Build build = jenkins.build(process.approval(
                "headers: [[key: 'Authorization', value: 'Bearer {{secrets.%s}}']]".formatted(Settings.TEAM)));

        Call call = process.awaitCall();
        assertThat(call.header("Authorization")).isEqualTo("Bearer " + Settings.TEAM_SECRET);
        call.callback().succeed("fine");

        assertThat(build.awaitResult("SUCCESS")).doesNotContain(Settings.TEAM_SECRET);
    }

    @Test
    void mistakeIsNamedAndNothingIsSent(Jenkins jenkins, ExternalProcess process) {
        Mistakes.assertNamed(
                jenkins,
                "armoryWebhookApproval(name: 'checks', uriTemplate: '" + process.url()
                        + "', context: [v: 'a', lines: 'b\\nc'], %s)",
                "bodyTemplate: [inline: '{{#context}}{{/context}}'] | bodyTemplate: \"{{#context}}\" at line 1, column 1 is not a variable",
                "callbackCredentialsId: 'nobody', bodyTemplate: [inline: '{{context.missing}}'] | bodyTemplate: {{context.missing}} at line 1, column 1: has no value; add \"missing\"",
                "bodyTemplate: [inline: '{\"v\": \"{{armory.nope}}\"}'] | bodyTemplate: {{armory.nope}} at line 1, column 8: has no value; known are {{armory.",
                "bodyTemplate: [inline: '{\"v\": {{context.v}}}'] | bodyTemplate: {{context.v}} at line 1, column 7: stands outside of a JSON string",
                "bodyTemplate: [inline: '{\"v\": 1\\n \"u\": \"{{armory.callbackUri}}\"}'] | bodyTemplate: is not JSON once rendered: a comma, or the end of the object or list, is missing before the text at line 2, column 2",
                "bodyTemplate: [inline: '{\"token\": \"{{armory.callbackToken}}\"}'] | webhook 'checks': nothing in it says where to call back to; put {{armory.callbackUri}}/callback",
                "method: 'GET' | webhook 'checks': nothing in it says where to call back to; put {{armory.callbackUri}}/callback",
                "webhook: 'deploy-checks' | webhook: names a definition, so leave out name, uriTemplate, or",
                "retryCount: -1 | retryCount: -1 is less than 0",
                "agentIdentifier: 'a' | agentIdentifier: goes with networkMode remoteNetworkAgent alone",
                "networkMode: 'tunnel' | networkMode: \"tunnel\" is not one of direct, remoteNetworkAgent",
                "networkMode: 'remoteNetworkAgent' | agentIdentifier: is missing; name the agent that makes the call, or a label",
                "bodyTemplate: [inline: '{{context.v'] | bodyTemplate: the \"{{\" at line 1, column 1 has no \"}}\"",
                "headers: [[key: 'X-A', value: '{{context.missing}}']] | headers: X-A: {{context.missing}} at line 1, column 1: has no value",
                "headers: [[key: 'X-A', value: '{{context.lines}}']] | headers: X-A: {{context.lines}} at line 1, column 1: has a line break",
                "headers: [[key: 'X A', value: 'b']] | headers: \"X A\" is not the name of an HTTP header",
                "method: 'FETCH' | method: \"FETCH\" is not one of POST, GET,",
                "method: 'GET', bodyTemplate: [inline: '{}'] | bodyTemplate: a GET request has no body",
                "headers: [[key: 'X-A', value: '{{secrets.default}}']] | headers: X-A: {{secrets.default}} at line 1, column 1: is a credential that Manage Jenkins » System trusts with callbacks",
                "timeout: 0 | timeout: 0 HOURS is not between 1 millisecond and 366 days",
                "timeout: -1, unit: 'SECONDS' | timeout: -1 SECONDS is not between",
                "callbackCredentialsId: 'nobody' | callbackCredentialsId: there is no Secret text credential \"nobody\" that this job may use");
        assertThat(process.calls()).isEmpty();
    }

    @Test
    void mistakeInAddressOrNameIsNamed(Jenkins jenkins, ExternalProcess process) {
        Mistakes.assertNamed(
                jenkins,
                "armoryWebhookApproval(%s)",
                "name: 'a', uriTemplate: ' '                          | uriTemplate: is empty; give it a value",
                "name: 'a', uriTemplate: 'ftp://127.0.0.1/'           | uriTemplate: must start with http://",
                "name: 'a'                                            | uriTemplate: is missing; put the address",
                "context: [a: 'b']                                    | webhook: is missing; name one that is defined in",
                "webhook: 'nope'                                      | webhook: there is no webhook \"nope\"; known are chat, deploy-checks",
                "name: 'a', uriTemplate: '{{armory.applicationName}}' | uriTemplate: must start with http://",
                "name: 'a', uriTemplate: 'http://127.0.0.1:99999/'    | uriTemplate: is not a valid address",
                "name: ' ', uriTemplate: 'http://127.0.0.1/'          | name: is empty; give it a value");
        assertThat(process.calls()).isEmpty();
    }
}
