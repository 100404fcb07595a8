package io.jenkins.plugins.armory.web;

import hudson.Extension;
import hudson.init.InitMilestone;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import jenkins.model.Jenkins;
import jenkins.util.HttpServletFilter;
import org.kohsuke.accmod.Restricted;
import org.kohsuke.accmod.restrictions.NoExternalUse;

/**
 * Answers callers before Stapler looks for what is at their paths, which takes longer than the answer. It comes behind
 * whatever else looks at each request to Jenkins: the security realm, the check of crumbs, the filters of other plugins.
 *
 * <p>While Jenkins starts it answers nothing, since not all credentials and settings may be there and a good token would be
 * refused; Jenkins then answers 503 by itself, or the root action does once it can be reached.
 */
@Extension
@Restricted(NoExternalUse.class)
public final class CallerFilter implements HttpServletFilter {

    @Override
    public boolean handle(HttpServletRequest request, HttpServletResponse response) throws IOException {
        String path = CallerRequests.pathBelowAction(request);
        return path != null
                && Jenkins.get().getInitLevel() == InitMilestone.COMPLETED
                && CallerRequests.answer(request, response, path);
    }
}
