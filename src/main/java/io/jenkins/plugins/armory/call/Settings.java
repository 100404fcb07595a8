package io.jenkins.plugins.armory.call;

import com.cloudbees.plugins.credentials.common.StandardCertificateCredentials;
import edu.umd.cs.findbugs.annotations.CheckForNull;
import hudson.ExtensionList;
import hudson.model.Run;
import io.jenkins.plugins.armory.callback.token.CallerSecrets;
import io.jenkins.plugins.armory.callback.token.ListedCallers;
import io.jenkins.plugins.armory.webhook.Webhook;
import java.util.Map;
import java.util.Optional;
import org.kohsuke.accmod.Restricted;
import org.kohsuke.accmod.restrictions.NoExternalUse;

/**
 * The settings of administrators as the rooms below {@code config} see them. {@code ArmoryConfiguration} implements it.
 */
@Restricted(NoExternalUse.class)
public interface Settings {

    /** What callers are told while there is a {@link #problem()}. */
    String NOT_KNOWN = "The settings of webhook approvals cannot be read. Jenkins's log says what to do.";

    static Settings get() {
        return ExtensionList.lookupFirst(Settings.class);
    }

    /** Returns why the settings are not known, for administrators; empty if they are. */
    Optional<String> problem();

    /**
     * Returns the address of the root action as callers see it, with a slash at its end.
     *
     * @throws IllegalStateException if Jenkins does not know its address
     */
    String rootActionUrl();

    /**
     * Returns the hosts that webhooks may call.
     *
     * @throws IllegalStateException if there is a {@link #problem()}
     */
    AllowedHosts hosts();

    /**
     * Returns the webhooks that all jobs may call, by name.
     *
     * @throws IllegalArgumentException naming the definition and the field that is wrong, as one may be that was saved
     *     by hand
     */
    Map<String, Webhook> webhooks();

    /**
     * Returns whether a credential may decide approvals: the Secret text of the settings, or that of a {@linkplain
     * ListedCallers listed caller}.
     */
    boolean trusts(String credentialsId);

    /** Returns the Secret texts that may call back. */
    CallerSecrets secretTexts();

    /**
     * Returns the credentials for the calls of a build, whose uses are recorded.
     *
     * @param isRule whether a rule of an environment calls, which takes the credentials of Jenkins itself alone, and
     *     not those of the job
     */
    Credentials credentials(Run<?, ?> run, boolean isRule);

    /** The credentials that the calls of a build may use. */
    interface Credentials {

        /**
         * Returns a Secret text, {@code null} if there is none of that id.
         *
         * @throws IllegalArgumentException if it must not be used for calls
         */
        @CheckForNull
        String secretText(String id);

        /** Returns a certificate credential, {@code null} if there is none of that id. */
        @CheckForNull
        StandardCertificateCredentials certificate(String id);
    }
}
