package io.jenkins.plugins.armory.web;

import io.jenkins.plugins.armory.callback.JsonResponse;
import io.jenkins.plugins.armory.runtime.ApprovalsUnavailableException;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.logging.Level;
import java.util.logging.Logger;

/** Sends the plugin's answers. */
final class JsonWriter {

    private static final Logger LOGGER = Logger.getLogger(JsonWriter.class.getName());

    private JsonWriter() {}

    /** What makes an answer. */
    interface Answer {
        /** @throws IOException when the approvals cannot be opened */
        JsonResponse get() throws IOException;
    }

    /** Sends an answer, or that there can be none now. */
    static void answer(HttpServletResponse response, Answer answer) throws IOException {
        JsonResponse made;
        try {
            made = answer.get();
        } catch (ApprovalsUnavailableException x) { // it has been logged why
            made = JsonResponse.unavailable(x.getMessage() + " Try again later.");
        } catch (IOException x) {
            LOGGER.log(Level.WARNING, "The approvals cannot be opened", x);
            made = JsonResponse.unavailable("Jenkins cannot open its approvals; call back again later.");
        }
        write(response, made);
    }

    static void write(HttpServletResponse response, JsonResponse answer) throws IOException {
        response.setStatus(answer.status());
        answer.headers().forEach(response::setHeader);
        response.setHeader("Cache-Control", "no-store");
        response.setHeader("X-Content-Type-Options", "nosniff");
        if (answer.status() == HttpServletResponse.SC_NOT_MODIFIED) {
            return; // has no body
        }
        response.setContentType(JsonResponse.CONTENT_TYPE);
        byte[] body = answer.bytes();
        response.setContentLength(body.length);
        response.getOutputStream().write(body);
    }
}
