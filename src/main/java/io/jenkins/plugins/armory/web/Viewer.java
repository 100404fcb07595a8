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
 * The current user, and what they may see and decide, for the time of one request: with thousands of approvals, a job is
 * looked up and asked once.
 */
final class Viewer {

    private final Authentication user = Jenkins.getAuthentication2();
    private final boolean administrator = Jenkins.get().hasPermission(Jenkins.ADMINISTER);
    private final Map<String, Optional<Seen>> jobs = new HashMap<>();

    /** A job that the user may read, and what was found out about it. */
    private record Seen(Item job, String url, Map<Choice, Boolean> permitted) {

        Seen(Item job) {
            this(job, job.getUrl(), new EnumMap<>(Choice.class));
        }

        boolean permits(Choice choice) {
            return permitted.computeIfAbsent(choice, each -> job.hasPermission(each.permission()));
        }
    }

    /** Jenkins's id of the user. */
    String name() {
        return user.getName();
    }

    /** Whether the user may read the approval's job; if not, the approval is not there for them. */
    boolean sees(Approval approval) {
        return seen(approval).isPresent();
    }

    /**
     * The URL of the approval's job, relative to the Jenkins URL.
     *
     * @return empty when the user may not read the job
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
     * Returns the job of that name, if the user may read it.
     *
     * @param lookUp finds a job as Jenkins does: none for a user who may not even know of it, and with an exception for one who may
     *     know of it and not read it (Item/Discover)
     */
    static Optional<Item> readable(String name, Function<String, Item> lookUp) {
        try {
            return Optional.ofNullable(lookUp.apply(name)).filter(job -> job.hasPermission(Item.READ));
        } catch (AccessDeniedException x) {
            return Optional.empty();
        }
    }

    /**
     * Whether the user is among those who may say it where the approval needs a person. As the {@code input} step has it:
     * who is not among the submitters may not, but administrators may in any case.
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

    /** Whether a person is still to be heard, and the user may be that person. */
    boolean isAsked(Approval approval, Choice choice) {
        return approval.person() == null && !approval.isDecided() && mayDecide(approval, choice);
    }
}
