package io.jenkins.plugins.armory.callback.oauth;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import io.jenkins.plugins.armory.callback.RequestBody;
import java.util.List;
import org.kohsuke.accmod.Restricted;
import org.kohsuke.accmod.restrictions.NoExternalUse;

/**
 * The parts of an HTTP request that the token endpoint needs.
 *
 * @param method the HTTP method
 * @param query the query of the address, or {@code null} if it has none
 * @param authorization every {@code Authorization} header
 * @param body the body, not read yet
 */
@Restricted(NoExternalUse.class)
public record TokenRequest(String method, @CheckForNull String query, List<String> authorization, RequestBody body) {}
