package io.jenkins.plugins.armory.web;

import static org.assertj.core.api.Assertions.assertThat;

import hudson.model.Item;
import hudson.security.Permission;
import java.io.IOException;
import java.lang.reflect.Proxy;
import java.util.List;
import java.util.function.Predicate;
import org.junit.jupiter.api.Test;
import org.springframework.security.access.AccessDeniedException;
import org.springframework.security.core.userdetails.UsernameNotFoundException;

/** Tests of the lookup of jobs for a user, and of groups. AccessJenkinsTest tests it with a real Jenkins. */
class ViewerTest {

    /** Returns a job with the given permissions. */
    private static Item jobWith(Permission... granted) {
        return (Item) Proxy.newProxyInstance(
                ViewerTest.class.getClassLoader(),
                new Class<?>[] {Item.class},
                (proxy, method, arguments) -> method.getName().equals("hasPermission")
                        && List.of(granted).contains((Permission) arguments[0]));
    }

    @Test
    void aJobThatTheUserMayRead() {
        assertThat(Viewer.readable("deploy", name -> jobWith(Item.READ))).isPresent();
    }

    @Test
    void aJobThatIsNotThereOrMayNotBeRead() {
        assertThat(Viewer.readable("deploy", name -> null)).isEmpty();
        assertThat(Viewer.readable("deploy", name -> jobWith())).isEmpty();
    }

    /** With Item/Discover but without Item/Read, Jenkins throws, so that an anonymous user is asked to log in. */
    @Test
    void aJobThatTheUserMayKnowOfAndNotRead() {
        assertThat(Viewer.readable("deploy", name -> {
                    throw new AccessDeniedException("Please log in to access job " + name);
                }))
                .isEmpty();
    }

    /** Anybody might have signed up with the name of a group. */
    @Test
    void aNameCountsAsAGroupUnlessTheRealmSaysThatItIsNone() {
        assertThat(Viewer.isGroup("ops", name -> true)).isTrue();
        var down = new IllegalStateException("the directory is down");
        assertThat(Viewer.isGroup("ops", throwing(down))).isTrue();
        var ofLdap = new UsernameNotFoundException("Failed to search LDAP for group", new IOException("down"));
        assertThat(Viewer.isGroup("ops", throwing(ofLdap))).isTrue();
        var ofCrowd = new UsernameNotFoundException("ops", new IllegalStateException("Jenkins may not ask"));
        assertThat(Viewer.isGroup("ops", throwing(ofCrowd))).isTrue();
        var notFound = new UsernameNotFoundException("ops", new IllegalStateException(new GroupNotFoundException()));
        for (RuntimeException none :
                List.of(new UsernameNotFoundException("ops"), notFound, new UnsupportedOperationException())) {
            assertThat(Viewer.isGroup("ops", throwing(none))).isFalse();
        }
    }

    /** As one of Crowd, which its realm wraps. */
    private static final class GroupNotFoundException extends Exception {
        private static final long serialVersionUID = 1;
    }

    private static Predicate<String> throwing(RuntimeException x) {
        return name -> {
            throw x;
        };
    }
}
