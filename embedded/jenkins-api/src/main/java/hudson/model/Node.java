package hudson.model;

import hudson.remoting.VirtualChannel;
import hudson.security.AccessControlled;

/** Where builds run; the embedded controller has no agents. */
public abstract class Node implements AccessControlled {

    /** The way to it, or null while it is offline. */
    public final VirtualChannel getChannel() {
        return null;
    }
}
