package io.jenkins.plugins.armory.web;

import hudson.Extension;
import hudson.security.csrf.CrumbExclusion;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;

/**
 * Asks no crumb of callbacks, and of nothing else: whoever calls back has no session that could be abused, and proves by
 * token that the request is theirs.
 */
@Extension
public final class CallbackCrumbExclusion extends CrumbExclusion {

    private static final String ROOT_ACTION = '/' + ArmoryRootAction.URL_NAME;

    @Override
    public boolean process(HttpServletRequest request, HttpServletResponse response, FilterChain chain)
            throws IOException, ServletException {
        String path = request.getPathInfo();
        if (path == null
                || !path.startsWith(ROOT_ACTION)
                || ApprovalPath.idIn(path.substring(ROOT_ACTION.length())) == null) {
            return false;
        }
        chain.doFilter(request, response);
        return true;
    }
}
