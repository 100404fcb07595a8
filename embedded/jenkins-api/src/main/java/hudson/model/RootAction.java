package hudson.model;

import hudson.ExtensionPoint;
import jenkins.management.Badge;

/** A page directly below the Jenkins URL. */
public interface RootAction extends Action, ExtensionPoint {
    default Badge getBadge() {
        return null;
    }

    default boolean isPrimaryAction() {
        return false;
    }
}
