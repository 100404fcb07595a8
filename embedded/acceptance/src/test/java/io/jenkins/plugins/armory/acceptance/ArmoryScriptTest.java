package io.jenkins.plugins.armory.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.jenkins.plugins.armory.acceptance.driver.Build;
import io.jenkins.plugins.armory.acceptance.driver.Command;
import io.jenkins.plugins.armory.acceptance.driver.ExternalProcess;
import io.jenkins.plugins.armory.acceptance.driver.Jenkins;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;

/**
 * A script that was written for Armory gets a token and decides, once its host names are replaced: the two commands of
 * <i>External Automation</i> as they are printed there, run by a shell.
 */
@AcceptanceTest
@DisabledOnOs(value = OS.WINDOWS, disabledReason = "the commands are for a Unix shell")
class ArmoryScriptTest {

    private static final String FETCH_TOKEN = """
            curl --request POST \\
              --url https://auth.cloud.armory.io/oauth/token \\
              --header 'Content-Type: application/x-www-form-urlencoded' \\
              --data 'data=audience=https://api.cloud.armory.io&grant_type=client_credentials&client_id=$CDAAS_CLIENT_ID&client_secret=$CDAAS_CLIENT_SECRET'
            """;

    private static final String CALL_BACK = """
            curl --request POST \\
              --url 'https://$CALLBACK_URI' \\
              --header 'Authorization: Bearer $OAUTH_TOKEN' \\
              --header 'Content-Type: application/json' \\
              --data '{"success": true, "mdMessage": "Webhook successful"}'
            """;

    @Test
    void armorysCommandsGetATokenAndDecide(Jenkins jenkins, ExternalProcess process) throws Exception {
        Build build = jenkins.build(process.approval());
        String callbackUri = process.awaitCallback().uri();

        JsonNode token = run(FETCH_TOKEN
                .replace("https://auth.cloud.armory.io/", jenkins.controller().url() + "armory/")
                .replace("$CDAAS_CLIENT_ID", Settings.CLIENT_ID)
                .replace("$CDAAS_CLIENT_SECRET", "secret%2Bof%20client/1%20alone"));
        assertThat(token.get("token_type").textValue()).isEqualTo("Bearer");
        assertThat(token.get("expires_in").intValue()).isEqualTo(86_400);
        assertThat(token.get("scope").textValue())
                .isEqualTo("manage:deploy read:infra:data exec:infra:op read:artifacts:data");

        // The placeholder stands for an address without its scheme; the controllers of the tests have no certificate.
        JsonNode answer = run(CALL_BACK
                .replace("https://$CALLBACK_URI", callbackUri)
                .replace("$OAUTH_TOKEN", token.get("access_token").textValue()));
        assertThat(answer.get("status").textValue()).isEqualTo("accepted");

        assertThat(build.awaitResult("SUCCESS")).contains("succeeded (client client-1): Webhook successful");
    }

    private static JsonNode run(String command) throws Exception {
        // Shows its progress on stderr, which is not what a script reads.
        return new com.fasterxml.jackson.databind.ObjectMapper()
                .readTree(Command.output("sh", "-c", command.strip() + " 2>/dev/null"));
    }
}
