package io.jenkins.plugins.armory.step.approval;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import hudson.security.ACL;
import hudson.security.SecurityRealm;
import hudson.security.UserMayOrMayNotExistException2;
import io.jenkins.plugins.armory.approval.ManualRequirement;
import io.jenkins.plugins.armory.approval.PeopleRule;
import io.jenkins.plugins.armory.approval.RuleMatching;
import io.jenkins.plugins.armory.approval.Vote;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.springframework.security.core.userdetails.UsernameNotFoundException;

/** The people whom a manual approval names, as far as the security realm knows them. */
final class Submitters {

    private static final Logger LOGGER = Logger.getLogger(Submitters.class.getName());

    private final SecurityRealm realm;
    private final List<PeopleRule> rules;

    /** The users, with the rules that they count for. */
    private final Map<String, List<Integer>> users;

    /** The rules that anybody, a group, or somebody of whom the realm cannot tell counts for. */
    private final Set<Integer> open = new TreeSet<>();

    private final Set<String> unknown = new LinkedHashSet<>();

    private Submitters(List<PeopleRule> rules, SecurityRealm realm) {
        this.realm = realm;
        this.rules = rules;
        users = new TreeMap<>(realm.getUserIdStrategy());
        for (int rule = 0; rule < rules.size(); rule++) {
            if (rules.get(rule).submitters().isEmpty()) {
                open.add(rule);
            }
            for (String name : rules.get(rule).submitters()) {
                add(name, rule);
            }
        }
    }

    /** Adds a name. A realm may take any name for a user, so groups come first. */
    private void add(String name, int rule) {
        try {
            if (isForAll(name) || isThere(() -> realm.loadGroupByGroupname2(name, false))) {
                open.add(rule);
            } else if (isThere(() -> realm.loadUserByUsername2(name))) {
                users.computeIfAbsent(name, user -> new ArrayList<>()).add(rule);
            } else {
                unknown.add(name);
            }
        } catch (UserMayOrMayNotExistException2 x) {
            open.add(rule);
        }
    }

    private boolean isForAll(String name) {
        return name.equals(ACL.ANONYMOUS_USERNAME)
                || realm.getGroupIdStrategy().equals(name, SecurityRealm.AUTHENTICATED_AUTHORITY2.getAuthority());
    }

    private static boolean isThere(Runnable lookUp) {
        try {
            lookUp.run();
            return true;
        } catch (UserMayOrMayNotExistException2 x) {
            throw x;
        } catch (UsernameNotFoundException x) {
            return false;
        }
    }

    /**
     * Returns what keeps the people whom an approval names from meeting its rules, {@code null} for nothing that is known. Administrators
     * can meet them nevertheless.
     */
    @CheckForNull
    static String problemOf(ManualRequirement manual, SecurityRealm realm) {
        if (realm == SecurityRealm.NO_AUTHENTICATION) {
            return null;
        }
        try {
            List<String> problems = new Submitters(manual.rules(), realm).problems(manual);
            return problems.isEmpty()
                    ? null
                    : "manualApproval: " + String.join("; ", problems)
                            + ". Name other submitters, or have an administrator override the approval.";
        } catch (RuntimeException x) { // the first lookup that fails ends all, since each may take long
            LOGGER.log(Level.FINE, "Cannot ask the security realm for submitters", x);
            return null;
        }
    }

    private List<String> problems(ManualRequirement manual) {
        List<String> problems = new ArrayList<>();
        if (!unknown.isEmpty()) {
            problems.add("Jenkins knows no user or group " + String.join(", ", unknown));
        }
        int named = users.size();
        Objects.requireNonNullElse(manual.requesters(), List.<String>of()).forEach(users::remove);
        boolean excludes = users.size() < named;
        RuleMatching matching = RuleMatching.of(manual, votes());
        for (int rule = 0; rule < rules.size(); rule++) {
            List<String> able = matching.users(rule);
            int required = rules.get(rule).required();
            if (!open.contains(rule) && able.size() < required) {
                problems.add(
                        required + " of " + String.join(", ", rules.get(rule).submitters()) + " must approve, and "
                                + (able.isEmpty() ? "nobody" : "only " + String.join(", ", able)) + " may"
                                + (excludes ? ", since notByRequester excludes who requested the build" : "")
                                + (rules.size() > 1 ? " (a person counts for one rule)" : ""));
            }
        }
        return problems;
    }

    /** Returns what all users together could do for the rules that are for them alone. */
    private List<Vote> votes() {
        List<Vote> votes = new ArrayList<>();
        users.forEach((user, counts) -> {
            List<Integer> needing =
                    counts.stream().filter(rule -> !open.contains(rule)).toList();
            votes.add(new Vote(user, "", Instant.EPOCH, needing));
        });
        return votes;
    }
}
