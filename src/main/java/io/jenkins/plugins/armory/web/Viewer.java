package io.jenkins.plugins.armory.web;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import hudson.model.Item;
import hudson.model.User;
import hudson.security.Permission;
import hudson.security.SecurityRealm;
import io.jenkins.plugins.armory.approval.Approval;
import io.jenkins.plugins.armory.approval.ManualRequirement;
import io.jenkins.plugins.armory.runtime.ApprovalsUnavailableException;
import io.jenkins.plugins.armory.runtime.ArmoryRuntime;
import io.jenkins.plugins.armory.web.PersonalDecision.Kind;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.logging.Level;
import java.util.logging.Logger;
import java.util.stream.IntStream;
import jenkins.model.Jenkins;
import org.kohsuke.accmod.Restricted;
import org.kohsuke.accmod.restrictions.NoExternalUse;
import org.springframework.security.access.AccessDeniedException;
import org.springframework.security.core.Authentication;
import org.springframework.security.core.GrantedAuthority;
import org.springframework.security.core.userdetails.UsernameNotFoundException;

/**
 * The current user and their permissions, for one request. Each job and each group is looked up and checked once,
 * because there may be thousands of approvals.
 */
@Restricted(NoExternalUse.class)
public final class Viewer {

    private static final Logger LOGGER = Logger.getLogger(Viewer.class.getName());

    private final Authentication user = Jenkins.getAuthentication2();
    /** The user, {@code null} for anonymous. It is kept here because Jenkins looks it up anew at each call. */
    @CheckForNull
    private final User known = User.current();

    private final boolean administrator = Jenkins.get().hasPermission(Jenkins.ADMINISTER);
    /** Whether the user has Overall/Read. Without it, a user sees nothing of Jenkins, whatever a job permits. */
    private final boolean reader = Jenkins.get().hasPermission(Jenkins.READ);

    private final Map<String, Optional<Seen>> jobs = new HashMap<>();
    /** The ids of jobs by their names. */
    private final Map<String, Optional<String>> ids = new HashMap<>();
    /** Whether the security realm has a group of a name. It may ask a directory. */
    private final Map<String, Boolean> groups = new HashMap<>();

    /** A job that the user may read, with the permissions checked so far. */
    private record Seen(Item job, String url, Map<Permission, Boolean> permitted) {

        Seen(Item job) {
            this(job, job.getUrl(), new HashMap<>());
        }

        boolean permits(Permission permission) {
            return permitted.computeIfAbsent(permission, job::hasPermission);
        }
    }

    /** Returns the pending approvals that the user may approve, the oldest first; none while they cannot be opened. */
    List<Approval> asked() {
        try {
            return ArmoryRuntime.get().approvals().pending().stream()
                    .filter(approval -> isAsked(approval, Kind.APPROVE))
                    .sorted(Comparator.comparing(Approval::createdAt))
                    .toList();
        } catch (ApprovalsUnavailableException x) { // already logged
            return List.of();
        }
    }

    /** Returns the page of an approval, relative to the Jenkins URL; empty if the user may not see it. */
    Optional<String> pageOf(Approval approval) {
        return jobUrl(approval)
                .map(url -> url + approval.build().number() + '/' + ArmoryRootAction.URL_NAME + "/#approval-"
                        + approval.id());
    }

    /** Returns the id of the user: the same one however it was written at the login. */
    String name() {
        return known == null ? user.getName() : known.getId();
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

    /** Returns whether the user may see what a job did. Administrators may also see what jobs did that are gone. */
    public boolean maySeePastOf(String job) {
        return administrator || seen(job).isPresent();
    }

    /** Returns the URL of a job, relative to the Jenkins URL; empty if the user may not read it. */
    public Optional<String> jobUrl(String job) {
        return seen(job).map(Seen::url);
    }

    public boolean isAdministrator() {
        return administrator;
    }

    private Optional<Seen> seen(Approval approval) {
        return seen(approval.build().job());
    }

    private Optional<Seen> seen(String job) {
        return jobs.computeIfAbsent(
                job,
                name -> readable(name, each -> reader ? Jenkins.get().getItemByFullName(each, Item.class) : null)
                        .map(Seen::new));
    }

    /**
     * Returns a job if the user may read it.
     *
     * @param lookUp finds a job like Jenkins: {@code null} without the permission Item/Discover, an exception with
     *     Item/Discover but without Item/Read
     */
    static Optional<Item> readable(String name, Function<String, Item> lookUp) {
        try {
            return Optional.ofNullable(lookUp.apply(name)).filter(job -> job.hasPermission(Item.READ));
        } catch (AccessDeniedException x) {
            return Optional.empty();
        }
    }

    /**
     * Returns the rules by which the user may make a choice about an approval that needs people; empty if they may not.
     * As in the {@code input} step, only submitters and administrators may if the step names submitters.
     */
    List<Integer> rulesOf(Approval approval, Kind kind) {
        ManualRequirement manual = approval.manual();
        if (manual == null
                || !sees(approval)
                || mustLogIn(manual, kind)
                || kind == Kind.APPROVE && isRequester(manual)) {
            return List.of();
        }
        return IntStream.range(0, manual.rules().size())
                .filter(rule -> isAmong(manual.rules().get(rule).submitters(), approval, kind))
                .boxed()
                .toList();
    }

    private boolean isAmong(List<String> submitters, Approval approval, Kind kind) {
        return submitters.isEmpty()
                ? seen(approval).orElseThrow().permits(kind.permission())
                : administrator || isAmong(submitters, approval.isRule());
    }

    /** Returns whether the user has to log in first: an anonymous user may be the requester, or approve twice. */
    boolean mustLogIn(ManualRequirement manual, Kind kind) {
        return kind == Kind.APPROVE && manual.needsIdentity() && known == null;
    }

    /** Returns whether the user requested the build, and so may not approve. */
    boolean isRequester(ManualRequirement manual) {
        List<String> requesters = manual.requesters();
        SecurityRealm realm = Jenkins.get().getSecurityRealm();
        return requesters != null
                && requesters.stream()
                        .anyMatch(requester -> realm.getUserIdStrategy().equals(requester, name()));
    }

    /**
     * @param isRule whether a user whose id is the name of a group does not count: anybody might have signed up with it
     */
    private boolean isAmong(List<String> submitters, boolean isRule) {
        SecurityRealm realm = Jenkins.get().getSecurityRealm();
        return submitters.stream()
                .anyMatch(name -> realm.getUserIdStrategy().equals(name, user.getName())
                                && !(isRule && isGroup(realm, name))
                        || user.getAuthorities().stream()
                                .map(GrantedAuthority::getAuthority)
                                .anyMatch(group -> realm.getGroupIdStrategy().equals(name, group)));
    }

    private boolean isGroup(SecurityRealm realm, String name) {
        return groups.computeIfAbsent(
                name, each -> isGroup(each, group -> realm.loadGroupByGroupname2(group, false) != null));
    }

    /**
     * Returns whether a name is that of a group, or may be: then nobody is the user of that name.
     *
     * @param lookUp asks the security realm
     */
    static boolean isGroup(String name, Predicate<String> lookUp) {
        try {
            return lookUp.test(name);
        } catch (RuntimeException x) {
            boolean isNone = (x instanceof UsernameNotFoundException || x instanceof UnsupportedOperationException)
                    && (x.getCause() == null || isNotFound(x));
            if (!isNone) {
                LOGGER.log(
                        Level.WARNING,
                        "The security realm cannot be asked for a group, so its name is taken for that of one: {0}",
                        x.toString());
            }
            return !isNone;
        }
    }

    /**
     * Returns whether something was not found in the end, as an older realm says of a name that is no group. The realm
     * for LDAP throws the same for a directory that is down. By the name, since the class may be of another plugin.
     */
    private static boolean isNotFound(Throwable x) {
        Throwable root = x;
        while (root.getCause() != null) {
            root = root.getCause();
        }
        return root.getClass().getSimpleName().endsWith("NotFoundException");
    }

    /** Returns whether the user may decide a pending approval anyway. */
    boolean mayOverride(Approval approval) {
        return !approval.isDecided() && isOverrider(approval);
    }

    /**
     * Returns whether the user may decide approvals of that job anyway; a rule only with the permission on Jenkins
     * itself.
     */
    boolean isOverrider(Approval approval) {
        return seen(approval)
                .filter(job -> approval.isRule()
                        ? Jenkins.get().hasPermission(ArmoryPermissions.OVERRIDE)
                        : job.permits(ArmoryPermissions.OVERRIDE))
                .isPresent();
    }

    /** Returns whether a choice would change a pending approval, and the user may make it. */
    boolean isAsked(Approval approval, Kind kind) {
        if (approval.isDecided()) {
            return false;
        }
        List<Integer> rules = rulesOf(approval, kind);
        return kind == Kind.REJECT
                ? !rules.isEmpty()
                : approval.person() == null && !approval.hasVoteOf(name()) && approval.needs(rules);
    }
}
