package io.jenkins.plugins.armory.part.protect.window;

import io.jenkins.plugins.armory.webhook.text.Bound;
import java.io.Serializable;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.TreeMap;
import org.kohsuke.accmod.Restricted;
import org.kohsuke.accmod.restrictions.NoExternalUse;

/**
 * The windows of an environment. It is open while one window allows it and none denies it. Without windows that allow,
 * only those that deny count.
 */
@Restricted(NoExternalUse.class)
public record Windows(List<Window> windows) implements Serializable {

    /** How far ahead is looked. */
    private static final Duration AHEAD = Duration.ofDays(366);

    /** The weight of a window that denies: more than all that allow have together. */
    private static final long DENIED = 1L << 32;

    /** @throws IllegalArgumentException if there are too many */
    public Windows {
        windows = List.copyOf(windows);
        Bound.LIST.check("windows", windows.size());
    }

    public boolean isOpen(Instant moment) {
        return states(moment, moment).floorEntry(moment).getValue();
    }

    /** Returns the first moment from this one on at which it is open, empty if there is none within 366 days. */
    public Optional<Instant> nextOpening(Instant from) {
        return next(true, from);
    }

    /** Returns the first moment from this one on at which it is closed, empty if there is none within 366 days. */
    public Optional<Instant> nextClosing(Instant from) {
        return next(false, from);
    }

    private Optional<Instant> next(boolean open, Instant from) {
        Instant last = from.plus(AHEAD);
        NavigableMap<Instant, Boolean> states = states(from, last);
        return states.floorEntry(from).getValue() == open
                ? Optional.of(from)
                : states.subMap(from, false, last, true).entrySet().stream()
                        .filter(state -> state.getValue() == open)
                        .map(Map.Entry::getKey)
                        .findFirst();
    }

    /** Returns from which moments on it is open or closed, right for a period. */
    private NavigableMap<Instant, Boolean> states(Instant first, Instant last) {
        var changes = new TreeMap<Instant, Long>();
        changes.put(Instant.MIN, windows.stream().allMatch(Window::denies) ? 1L : 0);
        for (Window window : windows) {
            long weight = window.denies() ? -DENIED : 1;
            for (Window.Span span : window.spans(first, last)) {
                changes.merge(span.start(), weight, Long::sum);
                changes.merge(span.end(), -weight, Long::sum);
            }
        }
        var states = new TreeMap<Instant, Boolean>();
        long sum = 0;
        for (Map.Entry<Instant, Long> change : changes.entrySet()) {
            sum += change.getValue();
            states.put(change.getKey(), sum > 0);
        }
        return states;
    }

    /** Returns why it is closed, for the build's log: the reason of the window that denies, or that none allows. */
    public String whyClosed(Instant moment) {
        return windows.stream()
                .filter(Window::denies)
                .filter(window -> window.spans(moment, moment).stream().anyMatch(span -> span.contains(moment)))
                .map(window -> window.reason() == null ? "deny: " + window.times() : window.reason())
                .findFirst()
                .orElse("no window is open");
    }
}
