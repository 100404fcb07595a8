package io.jenkins.plugins.armory.web;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import hudson.Util;
import io.jenkins.plugins.armory.callback.JsonResponse;
import io.jenkins.plugins.armory.storage.history.HistoryLine;
import io.jenkins.plugins.armory.storage.history.HistorySnapshot;
import jakarta.servlet.http.HttpServletResponse;
import java.io.BufferedOutputStream;
import java.io.Closeable;
import java.io.IOException;
import java.io.OutputStream;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.Locale;

/**
 * {@code GET history.ndjson?since=} and {@code GET history.csv?since=}: the history of decisions, a JSON object a line
 * (<a href="https://jsonlines.org/">JSON Lines</a>), or {@link HistoryCsv a row a decision}. Of a line of a job that the user may not read,
 * JSON has the hashes alone, so that the chain can still be verified, and CSV has nothing.
 *
 * @param after the number of the last line to leave out, 0 for none
 * @param from the first line that was written then or later is the first to show, {@code null} for any
 */
record HistoryExport(long after, @CheckForNull Instant from) {

    private static final int BUFFER = 64 << 10;

    /** What an export looks like. */
    enum Format {
        NDJSON("application/x-ndjson") {
            @Override
            Lines to(OutputStream out) {
                return (line, readable) -> {
                    out.write(readable ? line.bytes() : line.withoutContent());
                    out.write('\n');
                };
            }
        },
        CSV("text/csv; charset=utf-8") {
            @Override
            Lines to(OutputStream out) throws IOException {
                return new HistoryCsv(out);
            }
        };

        private final String contentType;

        Format(String contentType) {
            this.contentType = contentType;
        }

        abstract Lines to(OutputStream out) throws IOException;
    }

    /** Where the lines of an export go. */
    interface Lines extends Closeable {

        /** @param readable whether the user may see the content */
        void write(HistoryLine line, boolean readable) throws IOException;

        @Override
        default void close() throws IOException {}
    }

    /** Answers a request: with the lines, or with an error in JSON. */
    static void answer(Route.Call call, Format format) throws IOException {
        HistoryExport export;
        try {
            export = of(call.request().getParameter("since"));
        } catch (IllegalArgumentException x) {
            JsonWriter.write(call.response(), JsonResponse.error(400, "invalid_request", x.getMessage()));
            return;
        }
        HistorySnapshot[] lines = new HistorySnapshot[1];
        JsonResponse opened = JsonWriter.responseOf(() -> {
            lines[0] = call.armory().history().snapshot();
            return JsonResponse.ok(JsonResponse.JSON.createObjectNode());
        });
        if (opened.status() == HttpServletResponse.SC_OK) {
            export.write(lines[0], format, call.response());
        } else {
            JsonWriter.write(call.response(), opened);
        }
    }

    /**
     * Returns the export that a client asks for.
     *
     * @param since the number of the last line that the client has, or a time in ISO 8601; {@code null} or empty for all lines
     * @throws IllegalArgumentException naming the parameter
     */
    static HistoryExport of(@CheckForNull String since) {
        String text = Util.fixEmptyAndTrim(since);
        if (text == null) {
            return new HistoryExport(0, null);
        }
        try {
            return text.matches("[0-9]{1,18}")
                    ? new HistoryExport(Long.parseLong(text), null)
                    : new HistoryExport(0, Instant.parse(text));
        } catch (DateTimeException x) {
            throw new IllegalArgumentException(Messages.HistoryExport_since());
        }
    }

    private void write(HistorySnapshot lines, Format format, HttpServletResponse response) throws IOException {
        response.setContentType(format.contentType);
        String ending = format.name().toLowerCase(Locale.ROOT);
        response.setHeader("Content-Disposition", "attachment; filename=\"armory-history." + ending + "\"");
        response.setHeader("Cache-Control", "no-store");
        response.setHeader("X-Content-Type-Options", "nosniff");
        Viewer viewer = new Viewer();
        boolean[] begun = {from == null};
        try (OutputStream out = new BufferedOutputStream(response.getOutputStream(), BUFFER);
                Lines shown = format.to(out)) {
            lines.visit(after, (line, index) -> {
                // Once begun, all lines follow, even if the clock was set back: there are no gaps.
                begun[0] = begun[0] || !index.recordedAt().isBefore(from);
                if (begun[0]) {
                    shown.write(line, index.job() == null || viewer.mayReadHistoryOf(index.job(), index.jobId()));
                }
                return true;
            });
        }
    }
}
