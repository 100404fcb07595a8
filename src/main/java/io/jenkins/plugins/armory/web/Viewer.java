package io.jenkins.plugins.armory.web;

import hudson.model.Item;
import hudson.security.SecurityRealm;
import io.jenkins.plugins.armory.approval.Approval;
import io.jenkins.plugins.armory.approval.ManualRequirement;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import jenkins.model.Jenkins;
import org.springframework.security.access.AccessDeniedException;
import org.springframework.security.core.Authentication;
import org.springframework.security.core.GrantedAuthority;

/**
 * The current user and their permissions, for one request. Each job is looked up and checked once, because there may be thousands
 * of approvals.
 */
final class Viewer {

    private final Authentication user = Jenkins.getAuthentication2();
    private final boolean administrator = Jenkins.get().hasPermission(Jenkins.ADMINISTER);
    private final Map<String, Optional<Seen>> jobs = new HashMap<>();

    /** A job that the user may read, with the permissions checked so far. */
    private record Seen(Item job, String url, Map<Choice, Boolean> permitted) {

        Seen(Item job) {
            this(job, job.getUrl(), new EnumMap<>(Choice.class));
        }

        boolean permits(Choice choice) {
            return permitted.computeIfAbsent(choice, each -> job.hasPermission(each.permission()));
        }
    }

    /** Returns the id of the user. */
    String name() {
        return user.getName();
    }

    /** Returns whether the user may read the approval's job. Without that, the approval does not exist for the user. */
    boolean sees(Approval approval) {
        return seen(approval).isPresent();
    }

    /**
     * Returns the URL of the approval's job, relative to the Jenkins URL; empty if the user may not read the job.
     */
    Optional<String> jobUrl(Approval approval) {
        return seen(approval).map(Seen::url);
    }

    private Optional<Seen> seen(Approval approval) {
        return jobs.computeIfAbsent(approval.build().job(), name -> readable(
                        name, each -> Jenkins.get().getItemByFullName(each, Item.class))
                .map(Seen::new));
    }

    /**
     * Returns a job if the user may read it.
     *
     * @param lookUp finds a job like Jenkins: {@code null} without the permission Item/Discover, an exception with Item/Discover but
     *     without Item/Read
     */
    static Optional<Item> readable(String name, Function<String, Item> lookUp) {
        try {
            return Optional.ofNullable(lookUp.apply(name)).filter(job -> job.hasPermission(Item.READ));
        } catch (AccessDeniedException x) {
            return Optional.empty();
        }
    }

    /**
     * Returns whether the user may make a decision that the approval needs from a person. As in the {@code input} step, only
     * submitters and administrators may if the step names submitters.
     */
    boolean mayDecide(Approval approval, Choice choice) {
        ManualRequirement manual = approval.manual();
        if (manual == null || !sees(approval)) {
            return false;
        }
        return manual.submitters().isEmpty()
                ? seen(approval).orElseThrow().permits(choice)
                : administrator || isAmong(manual.submitters());
    }

    private boolean isAmong(List<String> submitters) {
        SecurityRealm realm = Jenkins.get().getSecurityRealm();
        return submitters.stream()
                .anyMatch(name -> realm.getUserIdStrategy().equals(name, user.getName())
                        || user.getAuthorities().stream()
                                .map(GrantedAuthority::getAuthority)
                                .anyMatch(group -> realm.getGroupIdStrategy().equals(name, group)));
    }

    /** Returns whether the decision of a person is pending and the user may make it. */
    boolean isAsked(Approval approval, Choice choice) {
        return approval.person() == null && !approval.isDecided() && mayDecide(approval, choice);
    }
}
