package io.jenkins.plugins.armory.web;

import static org.assertj.core.api.Assertions.assertThat;

import hudson.model.Item;
import hudson.security.Permission;
import java.lang.reflect.Proxy;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.springframework.security.access.AccessDeniedException;

/** Tests of the lookup of jobs for a user. AccessJenkinsTest tests it with a real Jenkins. */
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
}
