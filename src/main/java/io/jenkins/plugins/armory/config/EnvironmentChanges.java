package io.jenkins.plugins.armory.config;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import io.jenkins.plugins.armory.storage.history.RulesChange;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeSet;
import jenkins.model.Jenkins;

/** What a change of the settings changes of the environments, as the current user makes it. */
final class EnvironmentChanges {

    private EnvironmentChanges() {}

    /** An entry by its name, and by its place among those of the name. */
    private record Key(String name, int place) {}

    /** Returns one change for each environment that is not as it was. */
    static List<RulesChange> between(List<EnvironmentDefinition> before, List<EnvironmentDefinition> after) {
        Map<Key, EnvironmentDefinition> old = byKey(before);
        Map<Key, EnvironmentDefinition> now = byKey(after);
        Map<Key, EnvironmentDefinition> all = new LinkedHashMap<>(old);
        all.putAll(now);
        List<RulesChange> changes = new ArrayList<>();
        for (Key key : all.keySet()) {
            Map<String, String> was = fields(old.get(key));
            Map<String, String> is = fields(now.get(key));
            var fields = new TreeSet<>(was.isEmpty() ? is.keySet() : was.keySet());
            fields.removeIf(field -> Objects.equals(was.get(field), is.get(field)));
            if (!fields.isEmpty()) {
                RulesChange.Kind kind = was.isEmpty()
                        ? RulesChange.Kind.ADDED
                        : is.isEmpty() ? RulesChange.Kind.REMOVED : RulesChange.Kind.CHANGED;
                String user = Jenkins.getAuthentication2().getName();
                changes.add(new RulesChange(key.name(), kind, List.copyOf(fields), user, Instant.now()));
            }
        }
        return changes;
    }

    private static Map<Key, EnvironmentDefinition> byKey(List<EnvironmentDefinition> all) {
        Map<Key, EnvironmentDefinition> byKey = new LinkedHashMap<>();
        for (EnvironmentDefinition each : all) {
            int place = 0;
            while (byKey.putIfAbsent(new Key(each.getName(), place), each) != null) {
                place++;
            }
        }
        return byKey;
    }

    /** Returns each field as a text; empty for an entry that is not there. */
    private static Map<String, String> fields(@CheckForNull EnvironmentDefinition entry) {
        return entry == null
                ? Map.of()
                : Map.of(
                        "jobs", entry.getJobs(),
                        "before", texts(entry.getBefore()),
                        "after", texts(entry.getAfter()),
                        "windows", windows(entry),
                        "waitAtMost", String.valueOf(entry.getWaitAtMost()),
                        "credentials", String.valueOf(entry.getCredentials()),
                        "agents", String.valueOf(entry.getAgents()));
    }

    private static String texts(List<EnvironmentRule> rules) {
        return rules.stream().map(EnvironmentChanges::text).toList().toString();
    }

    private static String text(EnvironmentRule rule) {
        ManualApproval people = rule.getManualApproval();
        List<Object> parts = new ArrayList<>();
        parts.add(rule.getWebhook());
        parts.add(rule.contextMap());
        parts.add(people == null ? null : requirement(people));
        parts.add(people != null && people.isNotByRequester());
        parts.add(rule.getTimeout());
        parts.add(rule.getUnit());
        parts.add(rule.getNotify());
        parts.add(rule.getCallbackCredentialsId());
        parts.add(rule.getAllowedCallers());
        return parts.toString();
    }

    private static String requirement(ManualApproval people) {
        try {
            return people.toRequirement().toString();
        } catch (IllegalArgumentException x) { // the settings were changed by hand
            return String.valueOf(x.getMessage());
        }
    }

    private static String windows(EnvironmentDefinition entry) {
        try {
            return entry.toWindows().toString();
        } catch (IllegalArgumentException x) { // the settings were changed by hand
            return String.valueOf(x.getMessage());
        }
    }
}
