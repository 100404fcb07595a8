package io.jenkins.plugins.armory.deploymentfile;

import static io.jenkins.plugins.armory.deploymentfile.TargetActions.ACTIVE_SERVICE;
import static io.jenkins.plugins.armory.deploymentfile.TargetActions.PREVIEW_SERVICE;
import static io.jenkins.plugins.armory.deploymentfile.TargetActions.STRATEGY;
import static io.jenkins.plugins.armory.deploymentfile.TargetActions.STRATEGY_TYPE;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Reads the section {@code strategies}. */
record StrategyReader(ConditionReader conditions) {

    private static final String CANARY = "canary";
    private static final String BLUE_GREEN = "blueGreen";
    private static final List<String> TYPES = List.of(CANARY, BLUE_GREEN);
    private static final String REDIRECT = "redirectTrafficAfter";
    private static final String SHUT_DOWN = "shutDownOldVersionAfter";
    /** The spelling in a part of Armory's documentation. */
    private static final String SHUT_DOWN_TOO = "shutdownOldVersionAfter";

    /** Returns the strategies of a file by their names; {@code null} for one that has a mistake. */
    Map<String, Strategy> read(Section file) {
        var strategies = new LinkedHashMap<String, Strategy>();
        Section all = file.section("strategies", "a mapping of names to strategies");
        if (all != null) {
            for (String name : all.goodNames()) {
                strategies.put(name, strategy(all, name));
            }
        }
        return strategies;
    }

    @CheckForNull
    private Strategy strategy(Section all, String name) {
        Section section = all.required(name, "{canary: {steps: [...]}} or {blueGreen: {...}}");
        if (section == null) {
            return null;
        }
        section.checkKnown(TYPES);
        List<String> types = TYPES.stream().filter(section.fields()::contains).toList();
        if (types.size() != 1) {
            section.problem((types.isEmpty() ? "has no type" : "has two types") + "; write either canary or blueGreen");
            return null;
        }
        var variables = new LinkedHashMap<String, String>();
        variables.put(STRATEGY, name);
        variables.put(STRATEGY_TYPE, types.get(0));
        return types.get(0).equals(CANARY) ? canary(section, variables) : blueGreen(section, variables);
    }

    @CheckForNull
    private Strategy canary(Section parent, Map<String, String> variables) {
        Section section = parent.required(CANARY, "{steps: [...]}");
        if (section == null) {
            return null;
        }
        section.checkKnown(List.of("steps"));
        if (!section.has("steps")) {
            section.problem("steps", "is missing; write steps: [{setWeight: {weight: 100}}] to deploy at once");
        }
        var groups = new ArrayList<List<Condition>>();
        groups.add(List.of((id, target) -> target.deploy(id)));
        long weight = 0;
        for (Condition step : conditions.read(section, "steps", ConditionReader.OF_CANARY)) {
            groups.add(List.of(step));
            weight = step instanceof Condition.Weight set ? set.percent() : weight;
        }
        if (weight != 100) { // after the last step Armory deploys to everything by itself
            groups.add(List.of(new Condition.Weight(100)));
        }
        return new Strategy(variables, groups);
    }

    @CheckForNull
    private Strategy blueGreen(Section parent, Map<String, String> variables) {
        Section section = parent.required(BLUE_GREEN, "{redirectTrafficAfter: [...], shutDownOldVersionAfter: [...]}");
        if (section == null) {
            return null;
        }
        section.checkKnown(List.of("activeService", "previewService", REDIRECT, SHUT_DOWN, SHUT_DOWN_TOO));
        section.checkFilled(REDIRECT, SHUT_DOWN, SHUT_DOWN_TOO);
        TargetActions.put(variables, ACTIVE_SERVICE, section.name("activeService"));
        TargetActions.put(variables, PREVIEW_SERVICE, section.name("previewService"));
        var groups = new ArrayList<List<Condition>>();
        groups.add(List.of((id, target) -> target.deploy(id)));
        addGroup(groups, section, REDIRECT);
        groups.add(List.of((id, target) -> target.redirectTraffic(id)));
        addGroup(groups, section, section.spelling(SHUT_DOWN, SHUT_DOWN_TOO));
        groups.add(List.of((id, target) -> target.shutDownOldVersion(id)));
        return new Strategy(variables, groups);
    }

    private void addGroup(List<List<Condition>> groups, Section section, String field) {
        List<Condition> group = conditions.read(section, field, ConditionReader.OF_BLUE_GREEN);
        if (!group.isEmpty()) {
            groups.add(group);
        }
    }
}
