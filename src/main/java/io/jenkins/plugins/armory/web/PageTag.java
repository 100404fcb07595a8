package io.jenkins.plugins.armory.web;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import edu.umd.cs.findbugs.annotations.CheckForNull;
import io.jenkins.plugins.armory.callback.JsonResponse;
import java.util.Map;
import java.util.UUID;
import java.util.function.Supplier;
import org.kohsuke.accmod.Restricted;
import org.kohsuke.accmod.restrictions.NoExternalUse;

/**
 * The entity tag (RFC 9110, section 8.8.3) of an answer: a hash of the values in it. Comparing tags is far cheaper than
 * writing the answer.
 */
@Restricted(NoExternalUse.class)
public final class PageTag {

    /** Makes tags differ after a restart, since hash codes may differ too. */
    private static final String START = UUID.randomUUID().toString();

    private static final long FNV_PRIME = 0x100000001b3L;
    private static final long FNV_START = 0xcbf29ce484222325L;

    private long hash = FNV_START;

    /** @param part a value with a hash code by content */
    public void add(Object part) {
        hash = (hash ^ part.hashCode()) * FNV_PRIME;
    }

    /**
     * Returns the answer with this tag, or 304 if the client has it.
     *
     * @param known the client's {@code If-None-Match}, {@code null} for none
     * @param body makes the body; not called for 304
     */
    public JsonResponse answer(@CheckForNull String known, Supplier<ObjectNode> body) {
        Map<String, String> headers = Map.of("ETag", toString());
        return isIn(known)
                ? new JsonResponse(304, headers, JsonNodeFactory.instance.objectNode())
                : new JsonResponse(200, headers, body.get());
    }

    /** Returns whether the client has the answer. Proxies that compress answers may append to the tag. */
    boolean isIn(@CheckForNull String ifNoneMatch) {
        return ifNoneMatch != null && ifNoneMatch.contains(value());
    }

    private String value() {
        return START + '-' + Long.toHexString(hash);
    }

    @Override
    public String toString() {
        return '"' + value() + '"';
    }
}
