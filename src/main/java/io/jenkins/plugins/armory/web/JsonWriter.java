package io.jenkins.plugins.armory.web;

import io.jenkins.plugins.armory.callback.JsonResponse;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import org.kohsuke.stapler.StaplerResponse2;

/** Sends the plugin's answers. */
final class JsonWriter {

    private JsonWriter() {}

    static void write(StaplerResponse2 response, JsonResponse answer) throws IOException {
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
