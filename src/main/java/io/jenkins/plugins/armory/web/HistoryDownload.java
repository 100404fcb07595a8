package io.jenkins.plugins.armory.web;

import io.jenkins.plugins.armory.storage.History;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.time.YearMonth;

/** {@code GET history/2026-12.ndjson}: the history of a month, a JSON object a line (<a href="https://jsonlines.org/">JSON Lines</a>). */
final class HistoryDownload {

    private HistoryDownload() {}

    static void answer(Route.Call call) throws IOException {
        History history;
        try {
            history = call.armory().history();
        } catch (IOException x) {
            JsonWriter.answer(call.response(), () -> {
                throw x;
            });
            return;
        }
        HttpServletResponse response = call.response();
        response.setContentType("application/x-ndjson");
        response.setHeader("Content-Disposition", "attachment; filename=\"armory-history-" + call.id() + ".ndjson\"");
        response.setHeader("Cache-Control", "no-store");
        response.setHeader("X-Content-Type-Options", "nosniff");
        history.copyTo(YearMonth.parse(call.id()), response.getOutputStream());
    }
}
