package io.jenkins.plugins.armory.web;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import hudson.AbortException;
import hudson.Extension;
import hudson.cli.CLICommand;
import io.jenkins.plugins.armory.runtime.ArmoryRuntime;
import io.jenkins.plugins.armory.storage.history.HistorySnapshot;
import io.jenkins.plugins.armory.storage.history.HistoryVerifier;
import java.io.IOException;
import jenkins.model.Jenkins;
import org.kohsuke.accmod.Restricted;
import org.kohsuke.accmod.restrictions.NoExternalUse;
import org.kohsuke.args4j.Option;

/**
 * The command {@code verify-armory-history}: verifies the history of decisions on the controller, or an exported file, which is compared
 * with the controller's history too. The exit code is 1 if something is wrong, and 5 if the history cannot be read now.
 */
@Extension
@Restricted(NoExternalUse.class)
public final class VerifyArmoryHistoryCommand extends CLICommand {

    @Option(
            name = "--exported",
            usage =
                    "Reads an exported file from the standard input, verifies it, and compares it with the history of this Jenkins.")
    private boolean exported;

    @Override
    public String getShortDescription() {
        return Messages.VerifyArmoryHistoryCommand_shortDescription();
    }

    @Override
    protected int run() throws AbortException {
        Jenkins.get().checkPermission(ArmoryPermissions.HISTORY);
        try {
            return verify();
        } catch (IOException x) { // which says nothing about the lines
            throw new AbortException(Messages.VerifyArmoryHistoryCommand_unreadable(x.getMessage()));
        }
    }

    private int verify() throws IOException {
        HistorySnapshot history = ArmoryRuntime.get().history().snapshot();
        HistoryVerifier verified = exported ? HistoryVerifier.verify(stdin) : history.verify();
        stdout.println(verified.summary());
        String problem = verified.problem() != null || !exported ? verified.problem() : difference(verified, history);
        if (problem != null) {
            stderr.println(problem);
            return 1;
        }
        return 0;
    }

    /** Returns in what an exported file that is whole differs from the history, {@code null} for nothing. */
    @CheckForNull
    private static String difference(HistoryVerifier verified, HistorySnapshot history) throws IOException {
        if (verified.lastNumber() == 0) {
            return null;
        }
        String here = history.hashOf(verified.lastNumber());
        if (here == null) {
            return Messages.VerifyArmoryHistoryCommand_unknown(String.valueOf(verified.lastNumber()));
        }
        return here.equals(verified.lastHash())
                ? null
                : Messages.VerifyArmoryHistoryCommand_other(String.valueOf(verified.lastNumber()));
    }
}
