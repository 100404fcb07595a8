package io.jenkins.plugins.armory.web;

import hudson.Extension;
import hudson.security.csrf.CrumbExclusion;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import org.kohsuke.accmod.Restricted;
import org.kohsuke.accmod.restrictions.NoExternalUse;

/**
 * Exempts the requests of callers from the check of crumbs: callbacks, rehearsals, progress reports and requests for
 * tokens. A crumb protects a session; callers have none, and authenticate with a token or a secret.
 */
@Extension
@Restricted(NoExternalUse.class)
public final class CallbackCrumbExclusion extends CrumbExclusion {

    @Override
    public boolean process(HttpServletRequest request, HttpServletResponse response, FilterChain chain)
            throws IOException, ServletException {
        if (Route.ofCaller(request).isEmpty()) {
            return false;
        }
        chain.doFilter(request, response);
        return true;
    }
}
