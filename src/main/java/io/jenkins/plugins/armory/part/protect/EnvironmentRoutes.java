package io.jenkins.plugins.armory.part.protect;

import hudson.Extension;
import io.jenkins.plugins.armory.web.Route;
import io.jenkins.plugins.armory.web.Routes;
import io.jenkins.plugins.armory.web.Viewer;
import java.util.List;
import java.util.Optional;
import org.kohsuke.accmod.Restricted;
import org.kohsuke.accmod.restrictions.NoExternalUse;

/** The page of the administrators' environments, with its data. */
@Extension
@Restricted(NoExternalUse.class)
public final class EnvironmentRoutes implements Routes {

    private static final List<Route> ROUTES = List.of(
            new Route(
                    "GET",
                    "/environments/api/json",
                    Route.Access.READERS,
                    Route.json(call -> EnvironmentList.response(
                            call.armory(), call.request().getHeader("If-None-Match")))),
            new Route(
                    "GET",
                    "/environments/?",
                    Route.Access.READERS,
                    Route.page(call -> Optional.of(new EnvironmentsPage()))));

    @Override
    public List<Route> routes() {
        return ROUTES;
    }

    @Override
    public Optional<Link> link() {
        return EnvironmentList.visible(new Viewer()).isEmpty()
                ? Optional.empty()
                : Optional.of(new Link("environments/", Messages.EnvironmentsPage_title()));
    }
}
