package io.jenkins.plugins.armory.deploymentfile;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import edu.umd.cs.findbugs.annotations.CheckForNull;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Reads {@code analysis} conditions. The queries themselves are not run here: the body gets their names, and the context as a JSON
 * object of texts in one variable, since a key such as {@code a.b} cannot be part of a variable's name.
 */
final class AnalysisReader {

    private static final List<String> FIELDS = List.of(
            "context",
            "interval",
            "units",
            "unit",
            "numberOfJudgmentRuns",
            "queries",
            "metricProviderName",
            "rollBackMode",
            "rollForwardMode",
            "lookbackMethod",
            "abortOnFailedJudgment");

    private static final List<String> MODES = List.of("automatic", "manual");
    private static final String QUERIES = "ARMORY_QUERIES";
    private static final String INTERVAL_SECONDS = "ARMORY_INTERVAL_SECONDS";
    private static final String JUDGMENT_RUNS = "ARMORY_JUDGMENT_RUNS";
    private static final String METRIC_PROVIDER = "ARMORY_METRIC_PROVIDER";
    private static final String LOOKBACK_METHOD = "ARMORY_LOOKBACK_METHOD";
    private static final String ROLLBACK_MODE = "ARMORY_ROLLBACK_MODE";
    private static final String ROLLFORWARD_MODE = "ARMORY_ROLLFORWARD_MODE";
    private static final String ABORT_ON_FAILED_JUDGMENT = "ARMORY_ABORT_ON_FAILED_JUDGMENT";
    private static final String CONTEXT = "ARMORY_ANALYSIS_CONTEXT";

    private final Map<String, String> context;
    private final Set<String> queries = new LinkedHashSet<>();

    @CheckForNull
    private final String defaultProvider;

    /**
     * @param file the whole file, whose section {@code analysis} has the queries
     * @param context the context of the whole deployment
     */
    AnalysisReader(Section file, Map<String, String> context) {
        this.context = context;
        Section section = file.section("analysis", "{queries: [...]}");
        defaultProvider = section == null ? null : section.name("defaultMetricProviderName");
        if (section == null) {
            return;
        }
        String shape = "{name: ..., queryTemplate: ...}";
        for (Section query : section.sections("queries", "a list of " + shape, shape)) {
            String name = query.requiredName("name", "name the query");
            if (name != null && !queries.add(name)) {
                query.problem("name", "\"" + name + "\" is there twice; each query needs a name of its own");
            }
        }
    }

    Condition read(Section section) {
        section.checkKnown(FIELDS);
        List<String> names = section.requiredNames("queries", "must name at least one query");
        if (!queries.isEmpty()) {
            names.forEach(name -> section.isKnown("queries", name, queries, "analysis.queries has no"));
        }
        Map<String, String> variables = variables(section, names);
        String label = "analysis " + String.join(", ", names);
        return (id, target) -> target.action(id, label, "analysis", variables);
    }

    private Map<String, String> variables(Section section, List<String> names) {
        var variables = new LinkedHashMap<String, String>();
        variables.put(QUERIES, String.join(",", names));
        TimeSpan interval = TimeSpan.of(section, "interval");
        TargetActions.put(variables, INTERVAL_SECONDS, interval == null ? null : interval.seconds());
        if (!section.has("numberOfJudgmentRuns")) {
            section.problem("numberOfJudgmentRuns", "is missing; write how many times each query runs");
        }
        TargetActions.put(variables, JUDGMENT_RUNS, section.number("numberOfJudgmentRuns", 1, Integer.MAX_VALUE));
        String provider = section.name("metricProviderName");
        TargetActions.put(variables, METRIC_PROVIDER, provider == null ? defaultProvider : provider);
        TargetActions.put(variables, LOOKBACK_METHOD, section.choice("lookbackMethod", List.of("growing", "sliding")));
        TargetActions.put(variables, ROLLBACK_MODE, section.choice("rollBackMode", MODES));
        TargetActions.put(variables, ROLLFORWARD_MODE, section.choice("rollForwardMode", MODES));
        TargetActions.put(variables, ABORT_ON_FAILED_JUDGMENT, section.flag("abortOnFailedJudgment"));
        Map<String, String> all = ContextReader.read(section, "context", context);
        variables.put(CONTEXT, json(all));
        return variables;
    }

    private static String json(Map<String, String> map) {
        ObjectNode object = JsonNodeFactory.instance.objectNode();
        map.forEach(object::put);
        return object.toString();
    }
}
