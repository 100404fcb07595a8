package hudson.model;

import java.util.Locale;
import jenkins.model.Jenkins;
import org.springframework.security.authentication.AnonymousAuthenticationToken;

/** Somebody who logged in. The embedded controller takes every name for a user. */
public class User {
    private final String id;

    private User(String id) {
        this.id = id.toLowerCase(Locale.ROOT); // as a user has one id, however it is written
    }

    /** The user of the request, or null for somebody who did not log in. */
    public static User current() {
        var authentication = Jenkins.getAuthentication2();
        return authentication instanceof AnonymousAuthenticationToken ? null : new User(authentication.getName());
    }

    public String getId() {
        return id;
    }
}
