package io.jenkins.plugins.armory.web;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.kohsuke.args4j.CmdLineException;
import org.kohsuke.args4j.CmdLineParser;

class DecideArmoryApprovalCommandTest {

    @ParameterizedTest
    @CsvSource({"ticket=A-1, A-1", "ticket=A=B, A=B", "ticket=null, null", "ticket=, ''"})
    void whatIsFilledInIsTheTextBehindTheFirstEqualsSign(String option, String value) throws CmdLineException {
        var command = new DecideArmoryApprovalCommand();
        new CmdLineParser(command).parseArgument("a1", "--approve", "-p", option);

        assertThat(command.inputsAsJson()).isEqualTo("{\"ticket\":\"" + value + "\"}");
    }
}
