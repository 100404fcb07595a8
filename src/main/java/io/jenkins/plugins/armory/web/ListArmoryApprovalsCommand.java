package io.jenkins.plugins.armory.web;

import com.fasterxml.jackson.databind.JsonNode;
import hudson.AbortException;
import hudson.Extension;
import hudson.cli.CLICommand;
import io.jenkins.plugins.armory.callback.JsonResponse;
import io.jenkins.plugins.armory.runtime.ArmoryRuntime;
import java.io.IOException;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.kohsuke.accmod.Restricted;
import org.kohsuke.accmod.restrictions.NoExternalUse;
import org.kohsuke.args4j.Option;

/** The command {@code list-armory-approvals}: prints the approvals that the user may see, one a line or as JSON. */
@Extension
@Restricted(NoExternalUse.class)
public final class ListArmoryApprovalsCommand extends CLICommand {

    @Option(name = "--all", usage = "Lists the newest decided approvals too, and not only the pending ones.")
    private boolean all;

    @Option(
            name = "--json",
            usage = "Prints the data of the page of all approvals: the pending ones and the newest decided ones.")
    private boolean json;

    @Override
    public String getShortDescription() {
        return Messages.ListArmoryApprovalsCommand_shortDescription();
    }

    @Override
    protected int run() throws AbortException {
        var answer = approvals();
        if (json) {
            stdout.println(JsonWriter.inAscii(answer));
            return 0;
        }
        for (JsonNode approval : answer.body().get("approvals")) {
            if (all || !approval.has("decision")) {
                stdout.println(line(approval));
            }
        }
        int leftOut = answer.body().get("leftOut").asInt();
        if (leftOut > 0) {
            stderr.println(Messages.ListArmoryApprovalsCommand_leftOut(leftOut));
        }
        return 0;
    }

    private static JsonResponse approvals() throws AbortException {
        try {
            return new ApprovalList(ArmoryRuntime.get()).all(null);
        } catch (IOException x) {
            throw new AbortException(x.getMessage()); // says why they are not open
        }
    }

    /** Returns state, id, deadline, build, environment and webhook, and the opening that it waits for, separated by tabs. */
    static String line(JsonNode approval) {
        return Stream.of(
                        approval.path("decision")
                                .path("outcome")
                                .asText(approval.get("state").asText()),
                        approval.get("id").asText(),
                        approval.get("deadline").asText(),
                        approval.get("job").asText() + " #"
                                + approval.get("build").asInt(),
                        approval.get("environment").asText("-"),
                        approval.get("webhook").asText(),
                        approval.path("opensAt").asText())
                .limit(approval.has("opensAt") ? 7 : 6)
                .map(ListArmoryApprovalsCommand::printable)
                .collect(Collectors.joining("\t"));
    }

    /**
     * Replaces what could steer a terminal, look like another column or line, or reorder the text: the control characters, C0 and C1,
     * the format characters, to which the bidirectional ones belong, and the line separators (Unicode, section 4.5).
     */
    static String printable(String text) {
        return text.replaceAll("[\\p{Cc}\\p{Cf}\\p{Zl}\\p{Zp}]", " ");
    }
}
