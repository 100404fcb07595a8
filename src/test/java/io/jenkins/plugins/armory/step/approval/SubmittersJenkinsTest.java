package io.jenkins.plugins.armory.step.approval;

import static org.assertj.core.api.Assertions.assertThat;

import hudson.security.AbstractPasswordBasedSecurityRealm;
import hudson.security.GroupDetails;
import hudson.security.HudsonPrivateSecurityRealm;
import hudson.security.SecurityRealm;
import io.jenkins.plugins.armory.approval.PeopleRule;
import io.jenkins.plugins.armory.approval.TestApproval;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.jvnet.hudson.test.JenkinsRule;
import org.jvnet.hudson.test.JenkinsRule.DummySecurityRealm;
import org.jvnet.hudson.test.junit.jupiter.WithJenkins;
import org.springframework.security.authentication.AuthenticationServiceException;
import org.springframework.security.core.userdetails.UserDetails;

/** What is said of submitters who cannot meet the rules of a manual approval, by what the security realm knows. */
@WithJenkins
class SubmittersJenkinsTest {

    private static PeopleRule rule(int required, String... submitters) {
        return new PeopleRule(List.of(submitters), required);
    }

    private static String problemOf(SecurityRealm realm, PeopleRule... rules) {
        return Submitters.problemOf(TestApproval.requirement("Go?", List.of(rules)), realm);
    }

    private static String problemWithout(String requester, SecurityRealm realm, PeopleRule rule) {
        return Submitters.problemOf(
                TestApproval.requirement("Go?", List.of(rule)).withRequesters(List.of(requester)), realm);
    }

    @Test
    void isWhatJenkinssOwnUserDatabaseKnows(JenkinsRule j) throws Exception {
        var realm = new HudsonPrivateSecurityRealm(false, false, null);
        j.jenkins.setSecurityRealm(realm);
        realm.createAccount("alice", "secret");
        realm.createAccount("bob", "secret");

        assertThat(problemOf(realm, rule(2, "alice", "bob"))).isNull();
        assertThat(problemOf(realm, rule(3, "authenticated"))).isNull();
        assertThat(problemOf(realm, rule(1, "anonymous"))).isNull();
        assertThat(problemOf(realm, rule(3))).isNull();
        assertThat(problemOf(realm, rule(2, "alice", "Alice")))
                .isEqualTo(
                        "manualApproval: 2 of alice, Alice must approve, and only alice may. Name other submitters, or"
                                + " have an administrator override the approval.");
        assertThat(problemOf(realm, rule(1, "alice", "release-managers", "bbo")))
                .startsWith("manualApproval: Jenkins knows no user or group release-managers, bbo. Name other");
        assertThat(problemOf(realm, rule(1, "bbo")))
                .startsWith(
                        "manualApproval: Jenkins knows no user or group bbo; 1 of bbo must approve, and nobody may.");
        assertThat(problemWithout("ALICE", realm, rule(1, "alice")))
                .contains("1 of alice must approve, and nobody may, since notByRequester excludes who requested the");
        assertThat(problemWithout("bob", realm, rule(1, "alice", "bob"))).isNull();
    }

    @Test
    void aPersonCountsForOneRule(JenkinsRule j) {
        DummySecurityRealm realm = j.createDummySecurityRealm();
        realm.addGroups("alice", "ops");

        assertThat(problemOf(realm, rule(1, "alice"), rule(1, "alice", "bob"))).isNull();
        assertThat(problemOf(realm, rule(1, "alice"), rule(5, "alice", "ops"))).isNull();
        assertThat(problemOf(realm, rule(1, "alice"), rule(1, "alice"), rule(1)))
                .isEqualTo(
                        "manualApproval: 1 of alice must approve, and nobody may (a person counts for one rule). Name"
                                + " other submitters, or have an administrator override the approval.");
    }

    @Test
    void aGroupAndWhatCannotBeAskedMayBeMany(JenkinsRule j) {
        DummySecurityRealm realm = j.createDummySecurityRealm();
        realm.addGroups("alice", "ops");

        assertThat(problemOf(realm, rule(5, "ops"))).isNull();
        assertThat(problemOf(realm, rule(5, "alice"))).contains("only alice");
        assertThat(problemOf(SecurityRealm.NO_AUTHENTICATION, rule(5, "alice"))).isNull();
        assertThat(problemOf(new Unreachable(), rule(5, "alice"))).isNull();
    }

    private static final class Unreachable extends AbstractPasswordBasedSecurityRealm {

        @Override
        protected UserDetails authenticate2(String username, String password) {
            throw new AuthenticationServiceException("unreachable");
        }

        @Override
        public UserDetails loadUserByUsername2(String username) {
            throw new AuthenticationServiceException("unreachable");
        }

        @Override
        public GroupDetails loadGroupByGroupname2(String groupname, boolean fetchMembers) {
            throw new AuthenticationServiceException("unreachable");
        }
    }
}
