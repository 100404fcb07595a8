package hudson.security;

import org.springframework.security.core.userdetails.UsernameNotFoundException;

/** Says that a realm cannot tell whether there is a user or group. */
public class UserMayOrMayNotExistException2 extends UsernameNotFoundException {
    private static final long serialVersionUID = 1;

    public UserMayOrMayNotExistException2(String msg) {
        super(msg);
    }
}
