package io.jenkins.plugins.armory.config;

import com.google.common.collect.HashMultiset;
import com.google.common.collect.Multiset;

/**
 * The users of the test calls that are being made. Their number has a bound, since each call holds a thread of the web server until its
 * host answers, and callbacks need these threads. A user has a share, so that others can send tests too.
 */
final class TestCallsInFlight {

    private static final int MOST = 8;
    private static final int MOST_OF_A_USER = 2;

    private final Multiset<String> users = HashMultiset.create();

    /** Returns whether a user may make a call now, which {@link #end} has to follow. */
    synchronized boolean begin(String user) {
        return users.size() < MOST && users.count(user) < MOST_OF_A_USER && users.add(user);
    }

    synchronized void end(String user) {
        users.remove(user);
    }
}
