package io.jenkins.embedded;

import com.google.common.html.HtmlEscapers;
import hudson.ExtensionList;
import hudson.model.Action;
import hudson.model.RootAction;
import java.time.Instant;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** The controller's pages. They are there to watch an example run. */
final class Pages {
    /** The plugin's short name, below which its script and style are served. */
    static final String PLUGIN = "armory-webhook-approval";

    private static final DateTimeFormatter STARTED =
            DateTimeFormatter.ofPattern("uuuu-MM-dd HH:mm:ss").withZone(ZoneId.systemDefault());

    private Pages() {}

    static String index(Collection<PipelineJob> jobs) {
        var rows = jobs.stream()
                .map(job -> row(link("/" + job.getUrl(), job.getName()), lastBuild(job)))
                .collect(Collectors.joining());
        return page("Jobs", table("Job", rows));
    }

    private static String lastBuild(PipelineJob job) {
        return job.builds().stream()
                .max(Comparator.comparing(PipelineBuild::getNumber))
                .map(build -> cells(build, link("/" + build.getUrl(), build.getDisplayName()) + " "))
                .orElse("<td>never built</td><td></td><td></td>");
    }

    static String job(PipelineJob job, List<Action> actions) {
        var lines = actions.stream()
                .flatMap(action -> lines(action).entrySet().stream())
                .map(line -> "<p>" + link("/" + line.getKey(), line.getValue()) + "</p>")
                .collect(Collectors.joining());
        var rows = job.builds().stream()
                .sorted(Comparator.comparing(PipelineBuild::getNumber).reversed())
                .map(build -> row(link("/" + build.getUrl(), build.getDisplayName()), cells(build, "")))
                .collect(Collectors.joining());
        return page(
                job.getFullDisplayName(),
                lines + button("/" + job.getUrl() + "build", "Build now") + table("Build", rows));
    }

    /** What an action of the plugin says on the page of a job, by address. */
    @SuppressWarnings("unchecked")
    private static Map<String, String> lines(Action action) {
        try {
            return (Map<String, String>) action.getClass().getMethod("getLines").invoke(action);
        } catch (ReflectiveOperationException x) {
            throw new IllegalStateException("The plugin has no lines for a job", x);
        }
    }

    private static String table(String first, String rows) {
        return "<table><thead><tr><th>%s</th><th>State</th><th>Started</th><th>Took</th></tr></thead><tbody>%s</tbody></table>"
                .formatted(first, rows);
    }

    private static String row(String first, String cells) {
        return "<tr><td>" + first + "</td>" + cells + "</tr>";
    }

    private static String cells(PipelineBuild build, String before) {
        return "<td>%s%s</td><td>%s</td><td>%s</td>"
                .formatted(before, badge(state(build)), started(build), took(build));
    }

    private static String started(PipelineBuild build) {
        return STARTED.format(Instant.ofEpochMilli(build.getTimeInMillis()));
    }

    private static String took(PipelineBuild build) {
        var millis = build.isBuilding() ? System.currentTimeMillis() - build.getTimeInMillis() : build.duration();
        var seconds = millis / 1000;
        return seconds < 60 ? seconds + " s" : seconds / 60 + " min " + seconds % 60 + " s";
    }

    static String build(PipelineBuild build, List<Action> actions, String log, List<InputExecution> inputs) {
        var url = "/" + build.getUrl();
        var body = new StringBuilder(
                "<p>%s · started %s · %s</p>".formatted(badge(state(build)), started(build), took(build)));
        actions.stream()
                .filter(action -> action.getIconFileName() != null)
                .map(action -> {
                    var page = url + action.getUrlName() + "/";
                    return "<p>" + link(page, action.getDisplayName()) + "</p>"
                            + filled(action, "summary", page + "api/json");
                })
                .forEach(body::append);
        for (var input : inputs) {
            var inputUrl = url + "input/" + input.id();
            body.append(paragraph(input.message()))
                    .append(button(inputUrl + "/proceedEmpty", input.ok()))
                    .append(button(inputUrl + "/abort", "Abort"));
        }
        if (build.isBuilding()) {
            body.append(button(url + "stop", "Stop the build"));
        }
        if (!build.stages().isEmpty()) {
            body.append("<h2>Stages</h2><ol class=\"stages\">");
            build.stages()
                    .forEach(stage ->
                            body.append("<li>%s %s</li>".formatted(badge(stage.status()), escape(stage.name()))));
            body.append("</ol>");
        }
        return page(build.getFullDisplayName(), body + "<h2>Log</h2><pre>" + escape(log) + "</pre>");
    }

    /** @param script the path of its script */
    static String action(String title, Object page, String script, String api) {
        return page(title, filled(page, script, api));
    }

    /** What a script of the plugin fills, as in the plugin's views on Jenkins. */
    private static String filled(Object page, String script, String api) {
        try {
            var words = (String) page.getClass().getMethod("getWords").invoke(page);
            var first = (String) page.getClass().getMethod("getFirstAnswer").invoke(page);
            return """
                    <div id="armory-%6$s" data-api="%3$s" data-base="/armory/" data-armory-words="%4$s"
                         data-armory-first="%5$s"></div>
                    <script src="/plugin/%1$s/%2$s.js" type="module"></script>
                    """.formatted(
                            PLUGIN, script, escape(api), escape(words), escape(first), script.replaceFirst(".*/", ""));
        } catch (ReflectiveOperationException x) {
            throw new IllegalStateException("The plugin has no such page", x);
        }
    }

    private static String state(PipelineBuild build) {
        return build.isBuilding() ? "IN_PROGRESS" : String.valueOf(build.getResult());
    }

    /** A state with the colour that the plugin's pages give to such a state. */
    private static String badge(String state) {
        var style =
                switch (state) {
                    case "SUCCESS" -> "success";
                    case "IN_PROGRESS", "PAUSED" -> "waiting";
                    case "ABORTED", "NOT_BUILT" -> "aborted";
                    case "UNSTABLE" -> "unstable";
                    default -> "failure";
                };
        return "<span class=\"armory-approvals__state armory-approvals__state--%s\">%s</span>"
                .formatted(style, escape(state));
    }

    private static String paragraph(String text) {
        return "<p>" + escape(text) + "</p>";
    }

    private static String link(String url, String label) {
        return "<a href=\"%s\">%s</a>".formatted(escape(url), escape(label));
    }

    private static String button(String url, String label) {
        return "<form method=\"post\" action=\"%s\"><button>%s</button></form>".formatted(escape(url), escape(label));
    }

    private static String page(String title, String body) {
        return """
                <!DOCTYPE html>
                <html lang="en">
                <head>
                <meta charset="UTF-8">
                <meta name="viewport" content="width=device-width">
                <title>%1$s</title>
                <link rel="stylesheet" href="/plugin/%3$s/approvals.css">
                <link rel="stylesheet" href="/controller/style.css">
                </head>
                <body>
                <p><a href="/">Embedded controller</a>%4$s</p>
                <h1>%1$s</h1>
                %2$s
                </body>
                </html>
                """.formatted(escape(title), body, PLUGIN, header());
    }

    /** The actions that each page shows, as Jenkins's header does. */
    private static String header() {
        return ExtensionList.lookup(RootAction.class).stream()
                .filter(action -> action.getIconFileName() != null)
                .map(action -> {
                    var badge = action.getBadge();
                    var count = badge == null ? "" : " (" + escape(badge.getText()) + ")";
                    return " · " + link("/" + action.getUrlName() + "/", action.getDisplayName()) + count;
                })
                .collect(Collectors.joining());
    }

    private static String escape(String text) {
        return HtmlEscapers.htmlEscaper().escape(text);
    }
}
