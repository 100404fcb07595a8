package io.jenkins.embedded;

import com.google.common.html.HtmlEscapers;
import hudson.model.Action;
import hudson.model.RootAction;
import java.util.Collection;
import java.util.List;
import java.util.stream.Collectors;

/** The controller's pages, as plain as can be: they are there to watch an example run. */
final class Pages {
    /** The plugin's short name, below which its script and style are served. */
    static final String PLUGIN = "armory-webhook-approval";

    private Pages() {}

    static String index(Collection<PipelineJob> jobs, List<RootAction> actions) {
        var links = actions.stream()
                .map(action -> "<li>" + link("/" + action.getUrlName() + "/", action.getDisplayName()) + "</li>")
                .collect(Collectors.joining());
        var items = jobs.stream()
                .map(job -> "<li>" + link("/" + job.getUrl(), job.getName()) + builds(job) + "</li>")
                .collect(Collectors.joining());
        return page("Embedded controller", "<ul>" + links + "</ul><h2>Jobs</h2><ul>" + items + "</ul>");
    }

    static String job(PipelineJob job) {
        return page(job.getFullDisplayName(), builds(job) + button("/" + job.getUrl() + "build", "Build now"));
    }

    private static String builds(PipelineJob job) {
        return job.builds().stream()
                .map(build ->
                        "<li>" + link("/" + build.getUrl(), build.getDisplayName()) + " " + status(build) + "</li>")
                .collect(Collectors.joining("", "<ul>", "</ul>"));
    }

    static String build(PipelineBuild build, List<Action> actions, String log, List<InputExecution> inputs) {
        var url = "/" + build.getUrl();
        var body = new StringBuilder(paragraph(status(build)));
        actions.stream()
                .filter(action -> action.getIconFileName() != null)
                .map(action -> "<p>" + link(url + action.getUrlName() + "/", action.getDisplayName()) + "</p>")
                .forEach(body::append);
        for (var input : inputs) {
            var inputUrl = url + "input/" + input.id();
            body.append(paragraph(input.message()))
                    .append(button(inputUrl + "/proceedEmpty", input.ok()))
                    .append(button(inputUrl + "/abort", "Abort"));
        }
        build.stages().forEach(stage -> body.append(paragraph(stage.name() + ": " + stage.status())));
        if (build.isBuilding()) {
            body.append(button(url + "stop", "Stop the build"));
        }
        return page(build.getFullDisplayName(), body + "<pre>" + escape(log) + "</pre>");
    }

    /** A page that a script of the plugin fills, as the plugin's view does on Jenkins. */
    static String action(Action action, String script) throws ReflectiveOperationException {
        var words = (String) action.getClass().getMethod("getWords").invoke(action);
        var first = (String) action.getClass().getMethod("getFirstAnswer").invoke(action);
        return page(action.getDisplayName(), """
                <link rel="stylesheet" href="/plugin/%1$s/approvals.css">
                <div id="armory-%2$s" data-api="api/json" data-base="/armory/" data-armory-words="%3$s"
                     data-armory-first="%4$s"></div>
                <script src="/plugin/%1$s/%2$s.js" type="module"></script>
                """.formatted(PLUGIN, script, escape(words), escape(first)));
    }

    private static String status(PipelineBuild build) {
        return build.isBuilding() ? "running" : String.valueOf(build.getResult());
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
                <link rel="stylesheet" href="/controller/style.css">
                </head>
                <body>
                <p><a href="/">Embedded controller</a></p>
                <h1>%1$s</h1>
                %2$s
                </body>
                </html>
                """.formatted(escape(title), body);
    }

    private static String escape(String text) {
        return HtmlEscapers.htmlEscaper().escape(text);
    }
}
