package io.jenkins.plugins.armory.approval;

import java.util.Arrays;
import java.util.Collections;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.kohsuke.accmod.Restricted;
import org.kohsuke.accmod.restrictions.NoExternalUse;

/** The ways in which an external process may say whether an approval succeeds. The names are on disk. */
@Restricted(NoExternalUse.class)
public enum Channel {
    /** It calls back. */
    CALLBACK,
    /** It says so in its answer to the webhook. */
    ANSWER,
    /** Jenkins asks it for its status. */
    STATUS;

    /** All sets of channels; the bits of the index are the channels. Many approvals share few sets. */
    private static final List<Set<Channel>> SETS = IntStream.range(0, 1 << values().length)
            .mapToObj(bits -> Arrays.stream(values())
                    .filter(channel -> (bits & channel.bit()) != 0)
                    .collect(Collectors.toCollection(() -> EnumSet.noneOf(Channel.class))))
            .map(Collections::unmodifiableSet)
            .toList();

    /** Returns an immutable set that all equal ones share. */
    static Set<Channel> shared(Set<Channel> channels) {
        return SETS.get(channels.stream().mapToInt(Channel::bit).sum());
    }

    private int bit() {
        return 1 << ordinal();
    }

    /** Returns what is awaited, for people. */
    public static String awaited(Set<Channel> channels) {
        if (channels.contains(STATUS)) {
            return channels.contains(CALLBACK) ? "the callback or the status" : "the status";
        }
        return channels.contains(CALLBACK) ? "the callback" : "the webhook's answer";
    }

    /** Returns what has not come, for people. */
    public static String missing(Set<Channel> channels) {
        if (channels.contains(STATUS)) {
            return (channels.contains(CALLBACK) ? "no callback arrived, and " : "") + "the status did not decide";
        }
        return channels.contains(CALLBACK) ? "no callback arrived" : "the webhook did not answer";
    }
}
