package io.jenkins.plugins.armory.web;

import hudson.Extension;
import hudson.cli.CLICommand;
import io.jenkins.plugins.armory.callback.JsonResponse;
import java.nio.charset.StandardCharsets;
import org.kohsuke.accmod.Restricted;
import org.kohsuke.accmod.restrictions.NoExternalUse;
import org.kohsuke.args4j.Argument;
import org.kohsuke.args4j.Option;

/**
 * {@code decide-armory-approval}: approves or rejects as the user who calls it, with the permissions and the answers of
 * {@code POST approvals/ID/approve} and {@code reject}.
 */
@Extension
@Restricted(NoExternalUse.class)
public final class DecideArmoryApprovalCommand extends CLICommand {

    @Argument(metaVar = "ID", required = true, usage = "The approval, as list-armory-approvals names it.")
    private String id;

    @Option(name = "--approve", forbids = "--reject", usage = "Approves.")
    private boolean approve;

    @Option(name = "--reject", forbids = "--approve", usage = "Rejects.")
    private boolean reject;

    @Option(name = "--comment", metaVar = "TEXT", usage = "Why; people read it in the build's log and on the pages.")
    private String comment = "";

    @Override
    public String getShortDescription() {
        return Messages.DecideArmoryApprovalCommand_shortDescription();
    }

    @Override
    protected int run() {
        if (!approve && !reject) {
            throw new IllegalArgumentException("Say either --approve or --reject.");
        }
        JsonResponse answer = new PersonalDecision(id, approve ? Choice.APPROVE : Choice.REJECT).decide(comment);
        stdout.println(new String(answer.bytes(), StandardCharsets.UTF_8));
        return exitCode(answer.status());
    }

    /** As Jenkins's own commands have it: what is wrong with the arguments, with the state of things, with the user. */
    private static int exitCode(int status) {
        return switch (status) {
            case 200 -> 0;
            case 400, 404 -> 3;
            case 403 -> 6;
            case 409, 410 -> 4;
            default -> 5;
        };
    }
}
