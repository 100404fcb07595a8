package io.jenkins.plugins.armory.web;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import org.junit.jupiter.api.Test;

class ListArmoryEnvironmentsCommandTest {

    private static JsonNode json(String text) throws Exception {
        return new ObjectMapper().readTree(text.replace('\'', '"'));
    }

    @Test
    void hasTheStateTheNextChangeWhoDeploysAndTheLastDeployment() throws Exception {
        JsonNode environment = json("{'name':'prod','open':false,'nextOpening':'2026-01-31T09:00:00Z',"
                + "'underWay':[{'job':'shop/main','build':7,'state':'AWAITING_RULES'}],"
                + "'deployments':[{'job':'shop/main','build':6,'state':'COMPLETE','at':'2026-01-30T10:00:00Z'}]}");

        assertThat(ListArmoryEnvironmentsCommand.line(environment))
                .isEqualTo("prod\tCLOSED\t2026-01-31T09:00:00Z\tshop/main #7 AWAITING_RULES\t"
                        + "shop/main #6 COMPLETE 2026-01-30T10:00:00Z");
    }

    @Test
    void whatThereIsNotIsADash() throws Exception {
        assertThat(ListArmoryEnvironmentsCommand.line(
                        json("{'name':'te\\u001bst','open':true,'underWay':[],'deployments':[]}")))
                .isEqualTo("te st\tOPEN\t-\t-\t-");
    }
}
