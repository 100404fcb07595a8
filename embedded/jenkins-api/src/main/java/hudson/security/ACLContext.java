package hudson.security;

import org.springframework.security.core.context.SecurityContext;
import org.springframework.security.core.context.SecurityContextHolder;

/** A time of acting as another user; closing it ends it. */
public class ACLContext implements AutoCloseable {
    private final SecurityContext previous;

    ACLContext(SecurityContext previous) {
        this.previous = previous;
    }

    @Override
    public void close() {
        SecurityContextHolder.setContext(previous);
    }
}
