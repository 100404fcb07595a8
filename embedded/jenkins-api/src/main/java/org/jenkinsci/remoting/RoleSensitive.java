package org.jenkinsci.remoting;

/** Something that may run at one end of a channel only. */
public interface RoleSensitive {

    void checkRoles(RoleChecker checker) throws SecurityException;
}
