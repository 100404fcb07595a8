package io.jenkins.plugins.armory.approval;

import com.google.common.hash.HashFunction;
import com.google.common.hash.Hashing;
import java.lang.ref.WeakReference;
import java.security.SecureRandom;
import java.util.HashMap;
import java.util.Map;
import java.util.function.UnaryOperator;
import org.kohsuke.accmod.Restricted;
import org.kohsuke.accmod.restrictions.NoExternalUse;

/**
 * The long texts of approvals that are read together: of equal ones, only the first is kept. A step creates all its
 * approvals with the same templates and messages, and the record of each has them again. Not for several threads.
 */
@Restricted(NoExternalUse.class)
public final class CommonTexts implements UnaryOperator<String> {

    /** The length from which on a text takes more memory than its place here. */
    private static final int LONG = 100;

    private static final SecureRandom RANDOM = new SecureRandom();

    /** With a secret: authors could make many texts of one {@link String#hashCode}, and each of these look-ups long. */
    private final HashFunction hash = Hashing.sipHash24(RANDOM.nextLong(), RANDOM.nextLong());

    /** Weak, since a log has many states of an approval, of which only the last is kept. */
    private final Map<Long, WeakReference<String>> known = new HashMap<>();

    @Override
    public String apply(String text) {
        if (text == null || text.length() < LONG) {
            return text;
        }
        Long key = hash.hashUnencodedChars(text).asLong();
        WeakReference<String> found = known.get(key);
        String first = found == null ? null : found.get();
        if (text.equals(first)) {
            return first;
        }
        known.put(key, new WeakReference<>(text));
        return text;
    }
}
