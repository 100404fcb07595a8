package io.jenkins.plugins.armory.approval;

import io.jenkins.plugins.armory.webhook.Webhook;
import java.lang.ref.WeakReference;
import java.util.Map;
import java.util.WeakHashMap;
import java.util.function.UnaryOperator;
import org.kohsuke.accmod.Restricted;
import org.kohsuke.accmod.restrictions.NoExternalUse;

/**
 * The large parts that approvals have in common which are read together: of equal ones, only the first is kept. A step creates all its
 * approvals with the same webhooks and texts, and the record of each has them again. Not for several threads.
 */
@Restricted(NoExternalUse.class)
public final class CommonParts implements UnaryOperator<Object> {

    /** The length from which on a text takes more memory than its place here. */
    private static final int LONG = 100;

    /** Weak, since the journal has many states of an approval, of which only the last is kept. */
    private final Map<Object, WeakReference<Object>> known = new WeakHashMap<>();

    @Override
    public Object apply(Object part) {
        if (!isLarge(part)) {
            return part;
        }
        WeakReference<Object> found = known.get(part);
        Object first = found == null ? null : found.get();
        if (first == null) {
            known.put(part, new WeakReference<>(part));
            return part;
        }
        return first;
    }

    private static boolean isLarge(Object part) {
        return part instanceof String text && text.length() >= LONG
                || part instanceof Webhook
                || part instanceof OutgoingCalls
                || part instanceof ManualRequirement;
    }
}
