package io.jenkins.plugins.armory.web;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import hudson.Extension;
import hudson.Util;
import hudson.cli.CLICommand;
import io.jenkins.plugins.armory.callback.JsonResponse;
import io.jenkins.plugins.armory.runtime.ArmoryRuntime;
import java.util.LinkedHashMap;
import java.util.Map;
import org.kohsuke.accmod.Restricted;
import org.kohsuke.accmod.restrictions.NoExternalUse;
import org.kohsuke.args4j.Argument;
import org.kohsuke.args4j.CmdLineParser;
import org.kohsuke.args4j.Option;
import org.kohsuke.args4j.OptionDef;
import org.kohsuke.args4j.spi.MapOptionHandler;
import org.kohsuke.args4j.spi.Setter;

/**
 * The command {@code decide-armory-approval}: approves, rejects, takes an approval back, overrides, or answers a failure, as the current
 * user. Permissions and answers are those of {@code POST approvals/ID/approve} and the like.
 */
@Extension
@Restricted(NoExternalUse.class)
public final class DecideArmoryApprovalCommand extends CLICommand {

    @Argument(metaVar = "ID", required = true, usage = "Id of the approval, as list-armory-approvals prints it.")
    private String id;

    @Option(
            name = "--approve",
            forbids = {"--reject", "--take-back", "--run-again", "--give-up"},
            usage = "Approves.")
    private boolean approve;

    @Option(
            name = "--reject",
            forbids = {"--approve", "--take-back", "--run-again", "--give-up"},
            usage = "Rejects.")
    private boolean reject;

    @Option(
            name = "--take-back",
            forbids = {"--approve", "--reject", "--run-again", "--give-up"},
            usage = "Takes your own approval back.")
    private boolean takeBack;

    @Option(
            name = "--run-again",
            forbids = {"--approve", "--reject", "--take-back", "--give-up"},
            usage = "Runs a failed approval again.")
    private boolean runAgain;

    @Option(
            name = "--give-up",
            forbids = {"--approve", "--reject", "--take-back", "--run-again"},
            usage = "Makes the failure of an approval final.")
    private boolean giveUp;

    @Option(name = "--comment", metaVar = "TEXT", usage = "The reason, for the build's log and the pages.")
    private String comment = "";

    @Option(
            name = "-p",
            metaVar = "NAME=VALUE",
            handler = OnceEach.class,
            usage = "Fills in one of the approval's parameters; may be given several times.")
    private Map<String, String> inputs = new LinkedHashMap<>();

    @Option(
            name = "--override",
            metaVar = "REASON",
            forbids = {"--take-back", "--run-again", "--give-up"},
            usage =
                    "Decides the whole approval, whatever is missing, with --approve or --reject, for this reason. Needs"
                            + " Armory/Override.")
    private String override;

    /** Refuses two values for one parameter: it is unknown which of them the user meant. */
    @Restricted(NoExternalUse.class)
    public static final class OnceEach extends MapOptionHandler {

        public OnceEach(CmdLineParser parser, OptionDef option, Setter<? super Map<?, ?>> setter) {
            super(parser, option, setter);
        }

        @Override
        protected void addToMap(Map known, String name, String value) {
            if (known.containsKey(name)) {
                throw new IllegalArgumentException(Messages.DecideArmoryApprovalCommand_twice(name));
            }
            super.addToMap(known, name, Util.fixNull(value)); // args4j takes NAME= for no value
        }
    }

    @Override
    public String getShortDescription() {
        return Messages.DecideArmoryApprovalCommand_shortDescription();
    }

    @Override
    protected int run() {
        Choice choice = choice();
        if (choice == null) {
            throw new IllegalArgumentException(Messages.DecideArmoryApprovalCommand_one());
        }
        if (override != null && !comment.isEmpty()) {
            throw new IllegalArgumentException(Messages.DecideArmoryApprovalCommand_comment());
        }
        JsonResponse answer = override == null
                ? new PersonalDecision(id, choice).decide(ArmoryRuntime.get(), comment, inputsAsJson())
                : new OverrideDecision(id).decide(ArmoryRuntime.get(), choice.path(), override, inputsAsJson());
        stdout.println(JsonWriter.inAscii(answer));
        return exitCode(answer.status());
    }

    @CheckForNull
    String inputsAsJson() {
        return inputs.isEmpty()
                ? null
                : JsonResponse.treeOf(new LinkedHashMap<>(inputs)).toString();
    }

    @CheckForNull
    private Choice choice() {
        if (takeBack) {
            return Choice.TAKE_BACK;
        } else if (runAgain) {
            return Choice.RUN_AGAIN;
        } else if (giveUp) {
            return Choice.GIVE_UP;
        } else if (reject) {
            return Choice.REJECT;
        }
        return approve ? Choice.APPROVE : null;
    }

    /** Returns the exit code that Jenkins's own commands use, see {@code CLICommand.main}. */
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
