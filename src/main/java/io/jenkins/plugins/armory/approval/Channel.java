package io.jenkins.plugins.armory.approval;

import java.util.Set;
import org.kohsuke.accmod.Restricted;
import org.kohsuke.accmod.restrictions.NoExternalUse;

/** The ways in which an external process may say whether an approval succeeds. The names are on disk. */
@Restricted(NoExternalUse.class)
public enum Channel {
    /** It calls back. */
    CALLBACK,
    /** It says so in its answer to the webhook. */
    ANSWER;

    /** Returns what is awaited, for people. */
    public static String awaited(Set<Channel> channels) {
        return channels.contains(CALLBACK) ? "the callback" : "the webhook's answer";
    }

    /** Returns what has not come, for people. */
    public static String missing(Set<Channel> channels) {
        return channels.contains(CALLBACK) ? "no callback arrived" : "the webhook did not answer";
    }
}
