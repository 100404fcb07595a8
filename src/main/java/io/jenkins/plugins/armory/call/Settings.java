package io.jenkins.plugins.armory.call;

import com.cloudbees.plugins.credentials.common.StandardCertificateCredentials;
import edu.umd.cs.findbugs.annotations.CheckForNull;
import hudson.ExtensionList;
import hudson.model.Run;
import io.jenkins.plugins.armory.approval.Approval;
import io.jenkins.plugins.armory.callback.oauth.CallbackClient;
import io.jenkins.plugins.armory.callback.oidc.OutsideIssuer;
import io.jenkins.plugins.armory.callback.signed.CallerSecrets;
import io.jenkins.plugins.armory.callback.token.TokenVerifier;
import java.util.List;
import java.util.Optional;
import org.kohsuke.accmod.Restricted;
import org.kohsuke.accmod.restrictions.NoExternalUse;

/** The settings of administrators, as the runtime needs them. The package {@code config} has the one implementation. */
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

    /** Returns the clients of {@code oauth/token} whose credentials exist. */
    List<CallbackClient> clients();

    /** Returns the outside issuers whose JWTs may call back. */
    List<OutsideIssuer> outsideIssuers();

    /** Returns the verifier of the Secret texts that may call back. */
    TokenVerifier secretTexts();

    /** Returns the Secret texts with which callers may sign. */
    CallerSecrets callerSecrets();

    /**
     * Who asks for a credential.
     *
     * @param isRule whether a rule of an environment asks, which takes the credentials of Jenkins itself alone, and not those of the job
     */
    record Asker(Run<?, ?> run, boolean isRule) implements CallRequest.Credentials {

        public static Asker of(Run<?, ?> run, Approval approval) {
            return new Asker(run, approval.isRule());
        }

        @Override
        @CheckForNull
        public String secretText(String id) {
            return get().secret(id, this);
        }

        @Override
        @CheckForNull
        public StandardCertificateCredentials certificate(String id) {
            return get().certificate(id, this);
        }
    }

    /**
     * Returns the Secret text of {@code {{secrets.ID}}} in a build's template, {@code null} if the job may use none of that
     * id. The use is recorded.
     *
     * @throws IllegalArgumentException if the settings trust that credential with callbacks
     */
    @CheckForNull
    String secret(String id, Asker asker);

    /**
     * Returns the certificate credential for the calls of a build, {@code null} if the job may use none of that id. The use is
     * recorded.
     */
    @CheckForNull
    StandardCertificateCredentials certificate(String id, Asker asker);
}
