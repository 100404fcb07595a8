package io.jenkins.plugins.armory.web;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import hudson.Extension;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import jenkins.model.Jenkins;
import jenkins.security.BasicHeaderAuthenticator;
import org.kohsuke.accmod.Restricted;
import org.kohsuke.accmod.restrictions.NoExternalUse;
import org.springframework.security.core.Authentication;

/**
 * Authenticates requests with HTTP Basic to the paths of callers as anonymous. Otherwise Jenkins would take the client
 * of {@code oauth/token} for a user and refuse it. The same holds for a callback behind a proxy that sends its own
 * Basic credentials, with the token in the other header.
 *
 * <p>The ordinal puts it before Jenkins's own authenticators. They would pass the secret to the security realm, which
 * may lock an account of that name.
 */
@Extension(ordinal = 1000)
@Restricted(NoExternalUse.class)
public final class CallerAuthenticator extends BasicHeaderAuthenticator {

    @Override
    @CheckForNull
    public Authentication authenticate2(
            HttpServletRequest request, HttpServletResponse response, String username, String password) {
        return Route.ofCaller(request).isPresent() ? Jenkins.ANONYMOUS2 : null;
    }
}
