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
 * Asks no crumb of callbacks, their rehearsals, progress and requests for tokens, and of nothing else: whoever sends them has no
 * session that could be abused, and proves by token or secret that the request is theirs.
 */
@Extension
@Restricted(NoExternalUse.class)
public final class CallbackCrumbExclusion extends CrumbExclusion {

    @Override
    public boolean process(HttpServletRequest request, HttpServletResponse response, FilterChain chain)
            throws IOException, ServletException {
        if (!ApprovalPath.isForCallers(CallerRequests.pathBelowAction(request))) {
            return false;
        }
        chain.doFilter(request, response);
        return true;
    }
}
