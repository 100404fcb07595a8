package io.jenkins.plugins.armory.web;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.jenkins.plugins.armory.callback.JsonResponse;
import io.jenkins.plugins.armory.runtime.ApprovalsUnavailableException;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.kohsuke.accmod.Restricted;
import org.kohsuke.accmod.restrictions.NoExternalUse;

/** Writes the plugin's answers to responses. */
@Restricted(NoExternalUse.class)
public final class JsonWriter {

    private static final Logger LOGGER = Logger.getLogger(JsonWriter.class.getName());

    private JsonWriter() {}

    public interface Answer {
        /** @throws IOException if the approvals cannot be opened */
        JsonResponse get() throws IOException;
    }

    /** Writes an answer, or 503 if the approvals cannot be opened. */
    static void answer(HttpServletResponse response, Answer answer) throws IOException {
        write(response, responseOf(answer));
    }

    /** Returns an answer, or 503 if the approvals cannot be opened. */
    private static JsonResponse responseOf(Answer answer) {
        try {
            return answer.get();
        } catch (ApprovalsUnavailableException x) { // already logged
            return JsonResponse.unavailable(Messages.JsonWriter_later(x.getMessage()));
        } catch (IOException x) {
            LOGGER.log(Level.WARNING, "The approvals cannot be opened", x);
            return JsonResponse.unavailable(Messages.JsonWriter_notOpen());
        }
    }

    /**
     * Returns the text of an answer that comes with a page, so that the page has something to show before its script
     * has sent a request: a JSON object with {@code status}, {@code tag} (the entity tag, for the script's first
     * request) and {@code body}. The page's template escapes it.
     */
    public static String first(Answer answer) {
        JsonResponse made = responseOf(answer);
        ObjectNode json = JsonResponse.JSON
                .createObjectNode()
                .put("status", made.status())
                .put("tag", made.headers().get("ETag"));
        return json.set("body", made.body()).toString();
    }

    static void write(HttpServletResponse response, JsonResponse answer) throws IOException {
        response.setStatus(answer.status());
        answer.headers().forEach(response::setHeader);
        response.setHeader("Cache-Control", "no-store");
        response.setHeader("X-Content-Type-Options", "nosniff");
        if (answer.status() == HttpServletResponse.SC_NOT_MODIFIED) {
            return; // 304 has no body
        }
        response.setContentType(JsonResponse.CONTENT_TYPE);
        byte[] body = answer.bytes();
        response.setContentLength(body.length);
        response.getOutputStream().write(body);
    }
}
