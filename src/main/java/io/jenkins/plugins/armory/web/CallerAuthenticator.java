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
 * Lets HTTP Basic through to the paths for callers, as nobody in particular. Without it Jenkins takes the client of
 * {@code oauth/token} for one of its users and refuses it before the root action is asked, and so it does with a callback
 * whose token is in the other header, since a proxy has put its own Basic credentials into this one.
 *
 * <p>Asked before Jenkins's own: those would show the secret to the security realm, which may lock an account of that name.
 */
@Extension(ordinal = 1000)
@Restricted(NoExternalUse.class)
public final class CallerAuthenticator extends BasicHeaderAuthenticator {

    @Override
    @CheckForNull
    public Authentication authenticate2(
            HttpServletRequest request, HttpServletResponse response, String username, String password) {
        return request.getMethod().equals("POST") && ApprovalPath.isForCallers(CallerRequests.pathBelowAction(request))
                ? Jenkins.ANONYMOUS2
                : null;
    }
}
