package io.jenkins.plugins.armory.config.form;

import com.cloudbees.plugins.credentials.common.StandardCertificateCredentials;
import edu.umd.cs.findbugs.annotations.CheckForNull;
import hudson.model.Item;
import hudson.model.ItemGroup;
import hudson.util.ListBoxModel;
import org.kohsuke.accmod.Restricted;
import org.kohsuke.accmod.restrictions.NoExternalUse;

/** Lookup of certificate credentials, for mutual TLS and for authorities in the place of Java's. */
@Restricted(NoExternalUse.class)
public final class Certificates {

    private Certificates() {}

    /** Returns the credential that the jobs of a folder or of Jenkins may use, {@code null} if there is none of that id. */
    @CheckForNull
    static StandardCertificateCredentials of(String id, ItemGroup<?> place) {
        return SecretTexts.unlessOfSystem(SecretTexts.find(StandardCertificateCredentials.class, id, place));
    }

    /** Returns the list for a form, see {@link SecretTexts#items}. */
    public static ListBoxModel items(@CheckForNull Item item, String current) {
        return SecretTexts.items(StandardCertificateCredentials.class, item, current);
    }
}
