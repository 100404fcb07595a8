package io.jenkins.plugins.armory.callback.signed;

import io.jenkins.plugins.armory.signature.StandardWebhooks;
import java.util.List;
import org.kohsuke.accmod.Restricted;
import org.kohsuke.accmod.restrictions.NoExternalUse;

/**
 * The headers of a request that may hold signatures, each with all its values.
 *
 * @param id every {@link StandardWebhooks#ID}
 * @param timestamp every {@link StandardWebhooks#TIMESTAMP}
 * @param signature every {@link StandardWebhooks#SIGNATURE}
 * @param gitHub every {@link #GITHUB}
 */
@Restricted(NoExternalUse.class)
public record SignatureHeaders(List<String> id, List<String> timestamp, List<String> signature, List<String> gitHub) {

    /** GitHub's header: {@code sha256=} and the HMAC-SHA256 of the body in hexadecimal digits. */
    public static final String GITHUB = "X-Hub-Signature-256";

    public static final SignatureHeaders NONE = new SignatureHeaders(List.of(), List.of(), List.of(), List.of());

    /** Returns whether the request is signed in one of the ways. */
    public boolean areThere() {
        return !signature.isEmpty() || !gitHub.isEmpty();
    }
}
