package io.jenkins.plugins.armory.web;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import edu.umd.cs.findbugs.annotations.CheckForNull;
import io.jenkins.plugins.armory.callback.JsonResponse;
import java.util.Map;
import java.util.UUID;
import java.util.function.Supplier;

/**
 * The entity tag (RFC 9110, section 8.8.3) of an answer, made of the values that the answer is made of. To compare two tags
 * costs far less than to write the answers, and whatever the answers leave out costs nothing.
 */
final class PageTag {

    /** Hash codes may be others after a restart, and so must be the tags. */
    private static final String START = UUID.randomUUID().toString();

    private static final long FNV_PRIME = 0x100000001b3L;
    private static final long FNV_START = 0xcbf29ce484222325L;

    private long hash = FNV_START;

    /** @param part a value: of two that are equal the hash codes are */
    void add(Object part) {
        hash = (hash ^ part.hashCode()) * FNV_PRIME;
    }

    /**
     * The answer that has this tag.
     *
     * @param known tags of the answers that the client has ({@code If-None-Match}), {@code null} for none
     * @param body makes the answer; not asked when the client has it already
     * @return 304 in that case
     */
    JsonResponse answer(@CheckForNull String known, Supplier<ObjectNode> body) {
        Map<String, String> headers = Map.of("ETag", toString());
        return isIn(known)
                ? new JsonResponse(304, headers, JsonNodeFactory.instance.objectNode())
                : new JsonResponse(200, headers, body.get());
    }

    /** Whether a client that sent this has the answer. Proxies that compress it may have added to the tag. */
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
