package io.jenkins.plugins.armory.web;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import hudson.ExtensionList;
import hudson.security.Permission;
import io.jenkins.plugins.armory.callback.CallbackEndpoint;
import io.jenkins.plugins.armory.callback.CallbackRequest;
import io.jenkins.plugins.armory.callback.JsonResponse;
import io.jenkins.plugins.armory.callback.RequestBody;
import io.jenkins.plugins.armory.runtime.ArmoryRuntime;
import io.jenkins.plugins.armory.store.History;
import io.jenkins.plugins.armory.web.PersonalDecision.Kind;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.time.YearMonth;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.BiFunction;
import java.util.logging.Level;
import java.util.logging.Logger;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import jenkins.model.Jenkins;
import org.kohsuke.accmod.Restricted;
import org.kohsuke.accmod.restrictions.NoExternalUse;
import org.kohsuke.stapler.StaplerRequest2;

/**
 * A path below the root action: who may ask, and what answers. The paths of callers come first, since they are the most
 * frequent, and each further match takes time. They may follow an address with or without {@code /callback} at its end.
 * A part adds its {@link Routes}.
 */
@Restricted(NoExternalUse.class)
public final class Route {

    /** Armory's documents append {@code /callback} to {@code {{armory.callbackUri}}}; its tools do not. */
    static final Route CALLBACK =
            new Route("POST", "/approvals/{id}(?:/callback){0,2}/?", Access.CALLERS, callers(CallbackEndpoint::handle));

    static final Route PROGRESS = new Route(
            "POST", "/approvals/{id}(?:/callback)?/progress/?", Access.CALLERS, callers(CallbackEndpoint::progress));
    static final Route REHEARSAL = new Route(
            "POST", "/approvals/{id}(?:/callback)?/test/?", Access.CALLERS, callers(CallbackEndpoint::rehearse));
    static final Route NOTHING = new Route("GET", ".*", Access.ANYBODY, json(call -> nothing()));
    static final Route INPUTS =
            new Route("GET", "/approvals/{id}/inputs", Access.ANYBODY, page(ArmoryRootAction::formOf));

    static final List<Route> CORE = List.of(
            CALLBACK,
            PROGRESS,
            REHEARSAL,
            new Route(
                    "GET",
                    "/api/json",
                    Access.READERS,
                    json(call ->
                            new ApprovalList(call.armory()).all(call.request().getHeader("If-None-Match")))),
            new Route(
                    "GET",
                    "/approvals/{id}/api/json",
                    Access.READERS,
                    json(call -> new ApprovalList(call.armory()).one(call.id()))),
            new Route("GET", "/history/([0-9]{4}-(?:0[1-9]|1[0-2]))\\.ndjson", Access.ADMINISTRATORS, Route::history),
            INPUTS,
            new Route(
                    "POST",
                    "/approvals/{id}/approve",
                    Access.ANYBODY,
                    decision(call ->
                            new PersonalDecision(call.id(), Kind.APPROVE).answer(call.armory(), call.request()))),
            new Route(
                    "POST",
                    "/approvals/{id}/reject",
                    Access.ANYBODY,
                    decision(call ->
                            new PersonalDecision(call.id(), Kind.REJECT).answer(call.armory(), call.request()))),
            new Route(
                    "POST",
                    "/approvals/{id}/override",
                    Access.ANYBODY,
                    decision(call -> new OverrideDecision(call.id()).answer(call.armory(), call.request()))));

    static final String BASE = "/" + ArmoryRootAction.URL_NAME;

    private static final Logger LOGGER = Logger.getLogger(Route.class.getName());
    private static final String FOUND = Route.class.getName();

    private final String method;
    private final Pattern path;
    private final Access access;
    private final Handler handler;

    /** @param path a pattern, in which <code>{id}</code> stands for the id of an approval */
    public Route(String method, String path, Access access, Handler handler) {
        this.method = method;
        this.path = Pattern.compile(path.replace("{id}", "([^/]+)"), Pattern.DOTALL);
        this.access = access;
        this.handler = handler;
    }

    /** Returns the routes of the core and of the parts, without {@link #NOTHING}. */
    static Stream<Route> all() {
        return Stream.concat(
                CORE.stream(), ExtensionList.lookup(Routes.class).stream().flatMap(part -> part.routes().stream()));
    }

    /** Who gets an answer. What people may see and do of one approval is checked with the approval. */
    public enum Access {
        /** Whoever sends a token or a secret. They are no users of Jenkins, and have no crumb. */
        CALLERS(null, ""),
        ANYBODY(null, ""),
        READERS(Jenkins.READ, "Overall/Read"),
        ADMINISTRATORS(Jenkins.ADMINISTER, "Overall/Administer");

        @CheckForNull
        private final Permission needed;

        private final String shown;

        Access(@CheckForNull Permission needed, String shown) {
            this.needed = needed;
            this.shown = shown;
        }

        Optional<JsonResponse> refusal() {
            return needed == null || Jenkins.get().hasPermission(needed)
                    ? Optional.empty()
                    : Optional.of(
                            JsonResponse.error(403, "forbidden", Messages.ArmoryRootAction_needsPermission(shown)));
        }
    }

    /** @param id the id or the month in the path, {@code null} for a path without one */
    public record Call(
            ArmoryRuntime armory,
            HttpServletRequest request,
            HttpServletResponse response,
            @CheckForNull String id) {}

    /** What answers a request. */
    @FunctionalInterface
    public interface Handler {
        void answer(Call call) throws IOException, ServletException;
    }

    /** What answers a request with JSON. */
    @FunctionalInterface
    public interface Answer {
        JsonResponse to(Call call) throws IOException;
    }

    /** What a page shows, empty for no page. */
    @FunctionalInterface
    public interface Page {
        Optional<?> of(Call call) throws IOException;
    }

    public static Handler json(Answer answer) {
        return call -> JsonWriter.answer(call.response(), () -> answer.to(call));
    }

    /** Returns a handler that shows the view {@code index} of an object. Only {@link ArmoryRootAction} may call it. */
    public static Handler page(Page page) {
        return call -> {
            Optional<?> shown = page.of(call);
            if (shown.isEmpty()) {
                JsonWriter.write(call.response(), nothing());
            } else {
                ((StaplerRequest2) call.request())
                        .getView(shown.get(), "index.jelly")
                        .forward(call.request(), call.response());
            }
        };
    }

    private static Handler callers(BiFunction<CallbackEndpoint, CallbackRequest, JsonResponse> answer) {
        return json(call -> answer.apply(call.armory().endpoint(), callback(call.request(), call.id())));
    }

    private static CallbackRequest callback(HttpServletRequest request, String id) {
        return new CallbackRequest(
                request.getMethod(),
                id,
                name -> Collections.list(request.getHeaders(name)),
                request.getRemoteAddr(),
                new RequestBody(request.getContentType(), request.getContentLengthLong(), request::getInputStream));
    }

    private static Handler decision(Answer answer) {
        return json(call -> {
            try {
                return answer.to(call);
            } catch (IllegalArgumentException x) {
                return JsonResponse.error(400, "invalid_request", x.getMessage() + ".");
            } catch (IOException x) {
                LOGGER.log(Level.WARNING, "Cannot store a decision", x);
                return JsonResponse.unavailable(Messages.Decision_notStored());
            }
        });
    }

    /** Answers with the history of a month, a JSON object a line (<a href="https://jsonlines.org/">JSON Lines</a>). */
    private static void history(Call call) throws IOException {
        History history;
        try {
            history = call.armory().history();
        } catch (IOException x) {
            JsonWriter.answer(call.response(), () -> {
                throw x;
            });
            return;
        }
        HttpServletResponse response = call.response();
        response.setContentType("application/x-ndjson");
        response.setHeader("Content-Disposition", "attachment; filename=\"armory-history-" + call.id() + ".ndjson\"");
        response.setHeader("Cache-Control", "no-store");
        response.setHeader("X-Content-Type-Options", "nosniff");
        history.copyTo(YearMonth.parse(call.id()), response.getOutputStream());
    }

    private static JsonResponse nothing() {
        return JsonResponse.error(404, "not_found", Messages.ArmoryRootAction_nothing());
    }

    /** A route of a path, with the id in it. */
    record Match(String path, Route route, @CheckForNull String id) {

        boolean isForCallers() {
            return route.access == Access.CALLERS;
        }

        void answer(ArmoryRuntime armory, HttpServletRequest request, HttpServletResponse response)
                throws IOException, ServletException {
            Optional<JsonResponse> refusal = isForCallers() ? Optional.empty() : route.refusal(request);
            if (refusal.isPresent()) {
                JsonWriter.write(response, refusal.get());
            } else {
                route.handler.answer(new Call(armory, request, response, id));
            }
        }
    }

    /** Not for callers: the order of their checks is part of their contract, and the endpoints have it. */
    private Optional<JsonResponse> refusal(HttpServletRequest request) {
        return method.equals("POST") && !method.equals(request.getMethod())
                ? Optional.of(JsonResponse.error(
                        405, "method_not_allowed", Messages.Decision_post(), Map.of("Allow", method)))
                : access.refusal();
    }

    String method() {
        return method;
    }

    /** @param path a path below the root action */
    static Match at(String path) {
        return at(path, all());
    }

    static Match at(String path, Stream<Route> routes) {
        return routes.map(route -> route.match(path))
                .flatMap(Optional::stream)
                .findFirst()
                .orElseGet(() -> new Match(path, NOTHING, null));
    }

    private Optional<Match> match(String given) {
        Matcher matcher = path.matcher(given);
        return matcher.matches()
                ? Optional.of(new Match(given, this, matcher.groupCount() == 0 ? null : matcher.group(1)))
                : Optional.empty();
    }

    /**
     * Returns the route of a request for callers, empty for others. It is found once a request, of which several
     * filters ask. A GET is of a person who opens the address, see {@link ArmoryRootAction}.
     */
    static Optional<Match> ofCaller(HttpServletRequest request) {
        String path = request.getPathInfo();
        if (path == null || !path.startsWith(BASE) || request.getMethod().equals("GET")) {
            return Optional.empty();
        }
        String below = path.substring(BASE.length());
        Match match = request.getAttribute(FOUND) instanceof Match known
                        && known.path().equals(below)
                ? known
                : at(below);
        request.setAttribute(FOUND, match);
        return Optional.of(match).filter(Match::isForCallers);
    }
}
