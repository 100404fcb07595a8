package hudson.model;

import hudson.remoting.VirtualChannel;

/** The connection to a node; the embedded controller has none. */
public abstract class Computer {

    public String getName() {
        return "";
    }

    public String getDisplayName() {
        return getName();
    }

    public boolean isOffline() {
        return true;
    }

    public abstract VirtualChannel getChannel();
}
