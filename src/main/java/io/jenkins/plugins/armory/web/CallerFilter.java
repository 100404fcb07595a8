package io.jenkins.plugins.armory.web;

import hudson.Extension;
import hudson.init.InitMilestone;
import io.jenkins.plugins.armory.runtime.ArmoryRuntime;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.Optional;
import jenkins.model.Jenkins;
import jenkins.util.HttpServletFilter;
import org.kohsuke.accmod.Restricted;
import org.kohsuke.accmod.restrictions.NoExternalUse;

/**
 * Answers callers before Stapler resolves their paths, which would take longer than the answer. It runs after the
 * security realm, the check of crumbs and the filters of other plugins.
 *
 * <p>It answers nothing while Jenkins starts, because credentials and settings may be missing and a valid token would
 * be refused. Meanwhile Jenkins answers 503, or {@link ArmoryRootAction} answers.
 */
@Extension
@Restricted(NoExternalUse.class)
public final class CallerFilter implements HttpServletFilter {

    @Override
    public boolean handle(HttpServletRequest request, HttpServletResponse response)
            throws IOException, ServletException {
        Optional<Route.Match> caller = Route.ofCaller(request);
        if (caller.isEmpty() || Jenkins.get().getInitLevel() != InitMilestone.COMPLETED) {
            return false;
        }
        caller.get().answer(ArmoryRuntime.get(), request, response);
        return true;
    }
}
