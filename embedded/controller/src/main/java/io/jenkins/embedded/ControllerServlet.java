package io.jenkins.embedded;

import com.fasterxml.jackson.databind.ObjectMapper;
import hudson.ExtensionList;
import hudson.model.Action;
import hudson.model.RootAction;
import hudson.model.Run;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletRequestWrapper;
import jakarta.servlet.http.HttpServletResponse;
import jakarta.servlet.http.HttpServletResponseWrapper;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.logging.Level;
import java.util.logging.Logger;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import jenkins.model.CauseOfInterruption;
import jenkins.model.Jenkins;
import jenkins.model.TransientActionFactory;
import jenkins.util.HttpServletFilter;
import org.kohsuke.stapler.StaplerRequest2;
import org.kohsuke.stapler.StaplerResponse2;

/** The controller over HTTP: with Jenkins's own paths and formats, the few of them that are needed here. */
final class ControllerServlet extends HttpServlet {
    private static final long serialVersionUID = 1;

    private static final Logger LOGGER = Logger.getLogger(ControllerServlet.class.getName());
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Pattern OWN_HOST = Pattern.compile("(127\\.0\\.0\\.1|localhost)(:\\d+)?");
    private static final int MAX_CONFIG_BYTES = 1 << 20;
    private static final int ANSWER_SECONDS = 30;

    private static final String JOB = "/job/([^/]+)/";
    private static final String BUILD = JOB + "(\\d{1,9})/";

    private final transient EmbeddedJenkins jenkins;
    private final transient List<Route> routes = List.of(
            new Route("GET", "/", this::index),
            new Route("POST", "/createItem", this::createItem),
            new Route("GET", "/queue/item/(\\d{1,18})/api/json", this::queueItem),
            new Route("GET", JOB + "?", (path, request, response) -> html(response, Pages.job(job(path)))),
            new Route("GET", JOB + "api/json", this::jobJson),
            new Route("POST", JOB + "build", this::build),
            new Route("POST", JOB + "buildWithParameters", this::build),
            new Route("POST", JOB + "doDelete", this::deleteJob),
            new Route("GET", BUILD + "?(?:console)?", (path, request, response) -> buildPage(build(path), response)),
            new Route("GET", BUILD + "consoleText", this::consoleText),
            new Route("GET", BUILD + "api/json", this::buildJson),
            new Route("GET", BUILD + "stages/api/json", this::stagesJson),
            new Route("GET", BUILD + "(\\w+)(/.*)", this::buildAction),
            new Route("POST", BUILD + "stop", this::stop),
            new Route("POST", BUILD + "doDelete", this::deleteBuild),
            new Route("POST", BUILD + "input/([^/]+)/(proceedEmpty|abort)", this::input));

    ControllerServlet(EmbeddedJenkins jenkins) {
        this.jenkins = jenkins;
    }

    @Override
    protected void service(HttpServletRequest request, HttpServletResponse response) throws IOException {
        try {
            if (isFromElsewhere(request)) {
                text(response, 403, "This controller answers requests of its own machine and its own pages alone");
            } else if (!filter(request, response) && !route(request, response) && !dispatch(request, response)) {
                text(response, 404, "Not found");
            }
        } catch (NotFound e) {
            text(response, 404, e.getMessage());
        } catch (Exception e) {
            LOGGER.log(Level.SEVERE, request.getMethod() + " " + request.getRequestURI() + " failed", e);
            if (!response.isCommitted()) {
                response.reset();
                text(response, 500, "The controller failed; its output says why");
            }
        }
    }

    /**
     * Pages of other origins are opened in the same browser: a name that they let resolve to this machine, or a form that
     * they submit, must not reach the controller.
     */
    private static boolean isFromElsewhere(HttpServletRequest request) {
        var host = request.getHeader("Host");
        if (host == null || !OWN_HOST.matcher(host).matches()) {
            return true;
        }
        var origin = request.getHeader("Origin");
        return !isRead(request) && origin != null && !origin.equals("http://" + host);
    }

    private static boolean isRead(HttpServletRequest request) {
        return request.getMethod().equals("GET") || request.getMethod().equals("HEAD");
    }

    private static boolean filter(HttpServletRequest request, HttpServletResponse response) throws Exception {
        for (var filter : ExtensionList.lookup(HttpServletFilter.class)) {
            if (filter.handle(request, response)) {
                return true;
            }
        }
        return false;
    }

    private boolean route(HttpServletRequest request, HttpServletResponse response) throws Exception {
        var allowed = new TreeSet<String>();
        for (var route : routes) {
            var matcher = route.path().matcher(request.getPathInfo());
            if (matcher.matches()) {
                if (route.method().equals(isRead(request) ? "GET" : request.getMethod())) {
                    route.handler().handle(matcher, request, response);
                    return true;
                }
                allowed.add(route.method());
            }
        }
        if (!allowed.isEmpty()) {
            response.setHeader("Allow", String.join(", ", allowed));
            text(response, 405, "Not with the method " + request.getMethod());
        }
        return !allowed.isEmpty();
    }

    private record Route(String method, Pattern path, Handler handler) {
        Route(String method, String path, Handler handler) {
            this(method, Pattern.compile(path), handler);
        }
    }

    @FunctionalInterface
    private interface Handler {

        void handle(MatchResult path, HttpServletRequest request, HttpServletResponse response) throws Exception;
    }

    /** Hands the request to the root action whose URL name the path begins with, as Stapler does. */
    private boolean dispatch(HttpServletRequest request, HttpServletResponse response) throws Exception {
        var path = request.getPathInfo();
        for (var action : rootActions()) {
            var base = "/" + action.getUrlName();
            if (path.equals(base)) {
                response.sendRedirect(action.getUrlName() + "/");
                return true;
            }
            if (path.equals(base + "/") && isRead(request)) {
                html(response, Pages.action(action, "approvals"));
                return true;
            }
            if (path.startsWith(base + "/")) {
                doDynamic(action, path.substring(base.length()), request, response);
                return true;
            }
        }
        return false;
    }

    private static List<RootAction> rootActions() {
        return ExtensionList.lookup(RootAction.class).stream()
                .filter(action -> action.getUrlName() != null)
                .toList();
    }

    /** A request on its way to a root action. */
    private static final class Request extends HttpServletRequestWrapper implements StaplerRequest2 {
        private final String restOfPath;

        Request(HttpServletRequest request, String restOfPath) {
            super(request);
            this.restOfPath = restOfPath;
        }

        @Override
        public String getRestOfPath() {
            return restOfPath;
        }
    }

    /** The response to it. */
    private static final class Response extends HttpServletResponseWrapper implements StaplerResponse2 {
        Response(HttpServletResponse response) {
            super(response);
        }
    }

    private void index(MatchResult path, HttpServletRequest request, HttpServletResponse response) throws IOException {
        html(response, Pages.index(jenkins.jobs(), rootActions()));
    }

    private void createItem(MatchResult path, HttpServletRequest request, HttpServletResponse response)
            throws IOException {
        var config = request.getInputStream().readNBytes(MAX_CONFIG_BYTES + 1);
        if (config.length > MAX_CONFIG_BYTES) {
            text(response, 413, "The config.xml has more than " + MAX_CONFIG_BYTES + " bytes");
            return;
        }
        try {
            jenkins.createJob(request.getParameter("name"), config);
            text(response, 200, "");
        } catch (IllegalArgumentException e) {
            text(response, 400, e.getMessage());
        }
    }

    private void build(MatchResult path, HttpServletRequest request, HttpServletResponse response) throws IOException {
        var job = job(path);
        if (jenkins.isQuietingDown()) {
            text(response, 503, "The controller is shutting down");
            return;
        }
        var parameters = new TreeMap<String, String>();
        request.getParameterMap().forEach((name, values) -> parameters.put(name, values[0]));
        var build = jenkins.schedule(job, parameters);
        response.setHeader("Location", jenkins.getRootUrl() + "queue/item/" + build.queueId() + "/");
        text(response, 201, "");
    }

    private void queueItem(MatchResult path, HttpServletRequest request, HttpServletResponse response)
            throws IOException {
        var id = Long.parseLong(path.group(1));
        var build = jenkins.builds()
                .filter(candidate -> candidate.queueId() == id)
                .findFirst()
                .orElseThrow(() -> new NotFound("There is no such queue item"));
        json(response, Map.of("id", id, "executable", reference(build)));
    }

    private void jobJson(MatchResult path, HttpServletRequest request, HttpServletResponse response)
            throws IOException {
        var job = job(path);
        var builds = job.builds().stream().map(ControllerServlet::reference).toList();
        json(response, Map.of("name", job.getName(), "url", jenkins.getRootUrl() + job.getUrl(), "builds", builds));
    }

    private void deleteJob(MatchResult path, HttpServletRequest request, HttpServletResponse response)
            throws IOException {
        jenkins.delete(job(path));
        response.sendRedirect("/");
    }

    private static void buildPage(PipelineBuild build, HttpServletResponse response) throws Exception {
        var inputs = CompletableFuture.completedFuture(List.<InputExecution>of());
        if (build.isBuilding()) {
            response.setHeader("Refresh", "2");
            inputs = build.ask(program -> program.waiting(InputExecution.class).toList());
        }
        var pages = actions(build).stream()
                .filter(action -> action.getIconFileName() != null)
                .toList();
        html(
                response,
                Pages.build(
                        build,
                        pages,
                        console(build),
                        inputs.completeOnTimeout(List.of(), 1, TimeUnit.SECONDS).get()));
    }

    private void consoleText(MatchResult path, HttpServletRequest request, HttpServletResponse response)
            throws IOException {
        text(response, 200, console(build(path)));
    }

    private static String console(PipelineBuild build) throws IOException {
        var log = Path.of(build.getRootDir().getPath(), "log");
        return Files.exists(log) ? Files.readString(log) : "";
    }

    private void buildJson(MatchResult path, HttpServletRequest request, HttpServletResponse response)
            throws IOException {
        var build = build(path);
        var answer = new LinkedHashMap<String, Object>();
        answer.put("number", build.getNumber());
        answer.put("url", jenkins.getRootUrl() + build.getUrl());
        answer.put("fullDisplayName", build.getFullDisplayName());
        answer.put("building", build.isBuilding());
        answer.put("result", build.isBuilding() ? null : build.getResult().toString());
        answer.put("timestamp", build.timestamp());
        answer.put("duration", build.duration());
        json(response, answer);
    }

    /** See {@link Stage}. */
    private void stagesJson(MatchResult path, HttpServletRequest request, HttpServletResponse response)
            throws IOException {
        json(response, build(path).stages());
    }

    /** Hands the request to the build's action of that URL name. */
    private void buildAction(MatchResult path, HttpServletRequest request, HttpServletResponse response)
            throws Exception {
        var action = actions(build(path)).stream()
                .filter(candidate -> path.group(3).equals(candidate.getUrlName()))
                .findFirst()
                .orElseThrow(() -> new NotFound("The build has no such page"));
        if (path.group(4).equals("/")) {
            html(response, Pages.action(action, "build"));
        } else {
            doDynamic(action, path.group(4), request, response);
        }
    }

    private static List<Action> actions(PipelineBuild build) {
        var actions = new ArrayList<Action>();
        for (var factory : ExtensionList.lookup(TransientActionFactory.class)) {
            if (factory.type() == Run.class) {
                @SuppressWarnings("unchecked")
                Collection<? extends Action> created = factory.createFor(build);
                actions.addAll(created);
            }
        }
        return actions;
    }

    private static void doDynamic(
            Action action, String restOfPath, HttpServletRequest request, HttpServletResponse response)
            throws Exception {
        action.getClass()
                .getMethod("doDynamic", StaplerRequest2.class, StaplerResponse2.class)
                .invoke(action, new Request(request, restOfPath), new Response(response));
    }

    private void stop(MatchResult path, HttpServletRequest request, HttpServletResponse response) throws IOException {
        var build = build(path);
        build.stop(new CauseOfInterruption.UserInterruption(
                Jenkins.getAuthentication2().getName()));
        response.sendRedirect("/" + build.getUrl());
    }

    private void deleteBuild(MatchResult path, HttpServletRequest request, HttpServletResponse response)
            throws IOException {
        var build = build(path);
        build.delete();
        response.sendRedirect("/" + build.getParent().getUrl());
    }

    private void input(MatchResult path, HttpServletRequest request, HttpServletResponse response) throws Exception {
        var build = build(path);
        var input = build.ask(program -> program.waiting(InputExecution.class)
                        .filter(candidate -> candidate.id().equals(path.group(3)))
                        .findFirst())
                .get(ANSWER_SECONDS, TimeUnit.SECONDS)
                .orElseThrow(() -> new NotFound("The build waits for no such input"));
        if (path.group(4).equals("abort")) {
            input.abort();
        } else {
            input.proceed(build.log().listener(""));
        }
        response.sendRedirect("/" + build.getUrl());
    }

    private PipelineJob job(MatchResult path) {
        var job = jenkins.getItemByFullName(path.group(1), PipelineJob.class);
        if (job == null) {
            throw new NotFound("There is no such job");
        }
        return job;
    }

    private PipelineBuild build(MatchResult path) {
        var build = job(path).getBuildByNumber(Integer.parseInt(path.group(2)));
        if (build == null) {
            throw new NotFound("There is no such build");
        }
        return build;
    }

    private static Map<String, Object> reference(PipelineBuild build) {
        return Map.of("number", build.getNumber(), "url", Jenkins.get().getRootUrl() + build.getUrl());
    }

    private static void json(HttpServletResponse response, Object answer) throws IOException {
        response.setContentType("application/json; charset=UTF-8");
        response.getOutputStream().write(JSON.writeValueAsBytes(answer));
    }

    private static void html(HttpServletResponse response, String page) throws IOException {
        response.setHeader("Content-Security-Policy", "default-src 'self'; frame-ancestors 'none'");
        write(response, 200, "text/html; charset=UTF-8", page);
    }

    private static void text(HttpServletResponse response, int status, String text) throws IOException {
        write(response, status, "text/plain; charset=UTF-8", text);
    }

    private static void write(HttpServletResponse response, int status, String type, String text) throws IOException {
        response.setStatus(status);
        response.setContentType(type);
        response.setHeader("X-Content-Type-Options", "nosniff");
        response.getOutputStream().write(text.getBytes(StandardCharsets.UTF_8));
    }

    /** What the path names does not exist. */
    private static final class NotFound extends RuntimeException {
        private static final long serialVersionUID = 1;

        NotFound(String message) {
            super(message);
        }
    }
}
