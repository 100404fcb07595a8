package io.jenkins.embedded;

import hudson.ExtensionList;
import hudson.model.Action;
import hudson.model.Job;
import hudson.model.RootAction;
import hudson.model.Run;
import hudson.security.ACL;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
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

/** The controller over HTTP: with Jenkins's own paths and formats, the few of them that are needed here. */
final class ControllerServlet extends HttpServlet {
    private static final long serialVersionUID = 1;

    private static final Logger LOGGER = Logger.getLogger(ControllerServlet.class.getName());
    private static final int ANSWER_SECONDS = 30;
    private static final String JOB = "/job/([^/]+)/";
    private static final String BUILD = JOB + "(\\d{1,9})/";

    private final transient EmbeddedJenkins jenkins;
    private final transient List<Route> routes = List.of(
            new Route("GET", "/", this::index),
            new Route("POST", "/createItem", this::createItem),
            new Route("GET", "/queue/item/(\\d{1,18})/api/json", this::queueItem),
            new Route("GET", JOB + "?", (path, http) -> http.html(Pages.job(job(path), actions(Job.class, job(path))))),
            new Route("GET", JOB + "api/json", this::jobJson),
            new Route("POST", JOB + "build(?:WithParameters)?", this::build),
            new Route("POST", JOB + "doDelete", this::deleteJob),
            new Route("GET", BUILD + "?(?:console)?", this::buildPage),
            new Route("GET", BUILD + "consoleText", (path, http) -> http.text(200, console(build(path)))),
            new Route("GET", BUILD + "api/json", this::buildJson),
            new Route(
                    "GET",
                    BUILD + "stages/api/json",
                    (path, http) -> http.json(build(path).stages())),
            new Route("GET", BUILD + "(\\w+)(/.*)", this::buildAction),
            new Route("POST", BUILD + "stop", this::stop),
            new Route("POST", BUILD + "doDelete", this::deleteBuild),
            new Route("POST", BUILD + "input/([^/]+)/(proceedEmpty|abort)", this::input),
            new Route("\\w+", "/(\\w+)(/.*)?", this::rootAction));

    ControllerServlet(EmbeddedJenkins jenkins) {
        this.jenkins = jenkins;
    }

    private record Route(Pattern request, Handler handler) {
        Route(String method, String path, Handler handler) {
            this(Pattern.compile(method + " " + path, Pattern.DOTALL), handler);
        }
    }

    @FunctionalInterface
    private interface Handler {

        void handle(MatchResult path, Exchange http) throws Exception;
    }

    @Override
    protected void service(HttpServletRequest request, HttpServletResponse response) throws IOException {
        var http = new Exchange(request, response);
        try (var ignored = ACL.as2(http.user())) {
            if (http.isFromElsewhere()) {
                http.text(403, "This controller answers requests of its own machine and its own pages alone");
            } else if (!filter(http)) {
                route(http);
            }
        } catch (FileNotFoundException e) {
            http.text(404, e.getMessage());
        } catch (Exception e) {
            LOGGER.log(Level.SEVERE, request.getMethod() + " " + request.getRequestURI() + " failed", e);
            if (!response.isCommitted()) {
                response.reset();
                http.text(500, "The controller failed; its output says why");
            }
        }
    }

    private static boolean filter(Exchange http) throws Exception {
        for (var filter : ExtensionList.lookup(HttpServletFilter.class)) {
            if (filter.handle(http.request(), http.response())) {
                return true;
            }
        }
        return false;
    }

    private void route(Exchange http) throws Exception {
        var request = http.method() + " " + http.request().getPathInfo();
        for (var route : routes) {
            var matcher = route.request().matcher(request);
            if (matcher.matches()) {
                route.handler().handle(matcher, http);
                return;
            }
        }
        throw new FileNotFoundException("There is nothing for " + request);
    }

    private void index(MatchResult path, Exchange http) throws IOException {
        http.html(Pages.index(jenkins.jobs()));
    }

    private void createItem(MatchResult path, Exchange http) throws IOException {
        try {
            var config = http.request().getInputStream().readAllBytes();
            jenkins.createJob(http.request().getParameter("name"), config);
            http.text(200, "");
        } catch (IllegalArgumentException e) {
            http.text(400, e.getMessage());
        }
    }

    private void build(MatchResult path, Exchange http) throws IOException {
        var job = job(path);
        if (jenkins.isQuietingDown()) {
            http.text(503, "The controller is shutting down");
            return;
        }
        var parameters = new TreeMap<String, String>();
        http.request().getParameterMap().forEach((name, values) -> parameters.put(name, values[0]));
        var build = jenkins.schedule(job, parameters);
        http.response().setHeader("Location", jenkins.getRootUrl() + "queue/item/" + build.getQueueId() + "/");
        http.text(201, "");
    }

    private void queueItem(MatchResult path, Exchange http) throws IOException {
        var id = Long.parseLong(path.group(1));
        var build = jenkins.builds()
                .filter(candidate -> candidate.getQueueId() == id)
                .findFirst()
                .orElseThrow(() -> new FileNotFoundException("There is no such queue item"));
        http.json(Map.of("id", id, "executable", reference(build)));
    }

    private void jobJson(MatchResult path, Exchange http) throws IOException {
        var job = job(path);
        var builds = job.builds().stream().map(this::reference).toList();
        http.json(Map.of("name", job.getName(), "url", jenkins.getRootUrl() + job.getUrl(), "builds", builds));
    }

    private void deleteJob(MatchResult path, Exchange http) throws IOException {
        jenkins.delete(job(path));
        http.response().sendRedirect("/");
    }

    private void buildPage(MatchResult path, Exchange http) throws Exception {
        var build = build(path);
        var inputs = CompletableFuture.completedFuture(List.<InputExecution>of());
        if (build.isBuilding()) {
            http.response().setHeader("Refresh", "2");
            inputs = build.ask(program -> program.waiting(InputExecution.class).toList())
                    .completeOnTimeout(List.of(), 1, TimeUnit.SECONDS);
        }
        http.html(Pages.build(build, actions(Run.class, build), console(build), inputs.get()));
    }

    private static String console(PipelineBuild build) throws IOException {
        var log = Path.of(build.getRootDir().getPath(), "log");
        return Files.exists(log) ? Files.readString(log) : "";
    }

    private void buildJson(MatchResult path, Exchange http) throws IOException {
        var build = build(path);
        var answer = new LinkedHashMap<String, Object>();
        answer.put("number", build.getNumber());
        answer.put("url", jenkins.getRootUrl() + build.getUrl());
        answer.put("fullDisplayName", build.getFullDisplayName());
        answer.put("building", build.isBuilding());
        answer.put("result", build.isBuilding() ? null : build.getResult().toString());
        answer.put("timestamp", build.getTimeInMillis());
        answer.put("duration", build.duration());
        http.json(answer);
    }

    private static final String ENVIRONMENTS = "io.jenkins.plugins.armory.part.protect.EnvironmentsPage";

    private void buildAction(MatchResult path, Exchange http) throws Exception {
        act(named(path.group(3), actions(Run.class, build(path))), path.group(4), "build", http);
    }

    private void rootAction(MatchResult path, Exchange http) throws Exception {
        var action = named(path.group(1), rootActions());
        if (path.group(2) == null) {
            http.response().sendRedirect(action.getUrlName() + "/");
        } else {
            act(action, path.group(2), "approvals", http);
        }
    }

    private static void act(Action action, String rest, String script, Exchange http) throws Exception {
        if (rest.equals("/") && http.method().equals("GET")) {
            http.html(Pages.action(action.getDisplayName(), action, script, "api/json"));
        } else if (rest.matches("/environments/?") && http.method().equals("GET")) {
            var api = "/" + action.getUrlName() + "/environments/api/json";
            Object page = Class.forName(ENVIRONMENTS).getConstructor().newInstance();
            http.html(Pages.action("Environments", page, "part/protect/environments", api));
        } else {
            http.dispatch(action, rest);
        }
    }

    private static <A extends Action> A named(String urlName, List<A> actions) throws FileNotFoundException {
        return actions.stream()
                .filter(candidate -> urlName.equals(candidate.getUrlName()))
                .findFirst()
                .orElseThrow(() -> new FileNotFoundException("There is no page " + urlName));
    }

    private static List<RootAction> rootActions() {
        return ExtensionList.lookup(RootAction.class).stream()
                .filter(action -> action.getUrlName() != null)
                .toList();
    }

    private static <T> List<Action> actions(Class<? super T> type, T target) {
        var actions = new ArrayList<Action>();
        for (var factory : ExtensionList.lookup(TransientActionFactory.class)) {
            if (factory.type() == type) {
                @SuppressWarnings("unchecked")
                Collection<? extends Action> created = factory.createFor(target);
                actions.addAll(created);
            }
        }
        return actions;
    }

    private void stop(MatchResult path, Exchange http) throws IOException {
        var user = Jenkins.getAuthentication2().getName();
        build(path).stop(new CauseOfInterruption.UserInterruption(user));
        http.response().sendRedirect("/" + build(path).getUrl());
    }

    private void deleteBuild(MatchResult path, Exchange http) throws IOException {
        build(path).delete();
        http.response().sendRedirect("/" + job(path).getUrl());
    }

    private void input(MatchResult path, Exchange http) throws Exception {
        var build = build(path);
        var input = build.ask(program -> program.waiting(InputExecution.class)
                        .filter(candidate -> candidate.id().equals(path.group(3)))
                        .findFirst())
                .get(ANSWER_SECONDS, TimeUnit.SECONDS)
                .orElseThrow(() -> new FileNotFoundException("The build waits for no such input"));
        if (path.group(4).equals("abort")) {
            input.abort();
        } else {
            input.proceed(build.log().listener(""));
        }
        http.response().sendRedirect("/" + build.getUrl());
    }

    private PipelineJob job(MatchResult path) throws FileNotFoundException {
        var job = jenkins.getItemByFullName(path.group(1), PipelineJob.class);
        if (job == null) {
            throw new FileNotFoundException("There is no such job");
        }
        return job;
    }

    private PipelineBuild build(MatchResult path) throws FileNotFoundException {
        var build = job(path).getBuildByNumber(Integer.parseInt(path.group(2)));
        if (build == null) {
            throw new FileNotFoundException("There is no such build");
        }
        return build;
    }

    private Map<String, Object> reference(PipelineBuild build) {
        return Map.of("number", build.getNumber(), "url", jenkins.getRootUrl() + build.getUrl());
    }
}
