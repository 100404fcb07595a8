package io.jenkins.plugins.armory.callback.token;

import io.jenkins.plugins.armory.approval.Approval;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import org.kohsuke.accmod.Restricted;
import org.kohsuke.accmod.restrictions.NoExternalUse;

/** The Secret texts of callers: a caller sends one as its token, or signs with it. */
@Restricted(NoExternalUse.class)
public interface CallerSecrets extends TokenVerifier {

    /** The message for a caller whose secret cannot be looked up now. */
    String NOT_NOW = "The Secret text of this approval cannot be read now; call back again later.";

    /**
     * A Secret text, and who signs with it.
     *
     * @param text its secret, or several, see {@link ChosenSecrets#split}
     * @param caller who signs with it
     */
    record CallerSecret(String text, Caller caller) {
        @Override
        public String toString() {
            return caller.name();
        }

        /** Says what is wrong with the secret, for people who may see the approval. */
        public String fault(IllegalArgumentException x) {
            return "the Secret text of " + caller.name() + " " + x.getMessage();
        }
    }

    /**
     * Returns the secrets that may sign for an approval, looked up anew for each request.
     *
     * @param approval the approval that the request names, empty for an unknown one
     * @throws IOException if they cannot be looked up now; the message is for people who may see the approval
     * @throws IllegalArgumentException if one must not be read, with a message for the same people
     */
    List<CallerSecret> of(Optional<Approval> approval) throws IOException;
}
