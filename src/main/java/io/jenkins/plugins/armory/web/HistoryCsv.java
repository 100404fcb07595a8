package io.jenkins.plugins.armory.web;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.SequenceWriter;
import com.fasterxml.jackson.databind.node.MissingNode;
import com.fasterxml.jackson.dataformat.csv.CsvGenerator;
import com.fasterxml.jackson.dataformat.csv.CsvMapper;
import com.fasterxml.jackson.dataformat.csv.CsvSchema;
import io.jenkins.plugins.armory.callback.JsonResponse;
import io.jenkins.plugins.armory.storage.history.HistoryLine;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.StreamSupport;

/**
 * The decisions of a history as CSV (RFC 4180), for spreadsheets. A row has the members of a line's content, and what people said under
 * what they decided; the elements of a list stand one below the other in their cell.
 */
final class HistoryCsv implements HistoryExport.Lines {

    static final List<String> COLUMNS = List.of(
            "number",
            "recordedAt",
            "approval",
            "job",
            "jobId",
            "build",
            "environment",
            "phase",
            "webhook",
            "rule",
            "createdAt",
            "decidedAt",
            "outcome",
            "decidedBy",
            "override",
            "message",
            "rules",
            "requesters",
            "approvedBy",
            "rejectedBy");

    /** Without it, Excel takes the text for one in the code page of the machine. */
    private static final byte[] BYTE_ORDER_MARK = "\uFEFF".getBytes(StandardCharsets.UTF_8);

    /** What a spreadsheet may take for a formula, see <a href="https://owasp.org/www-community/attacks/CSV_Injection">CSV injection</a>. */
    private static final Pattern FORMULA = Pattern.compile("(?sU)[\\s\\p{Cntrl}]*[=+\\-@\uFF1D\uFF0B\uFF0D\uFF20].*");

    private final SequenceWriter rows;

    HistoryCsv(OutputStream out) throws IOException {
        out.write(BYTE_ORDER_MARK);
        CsvSchema schema = CsvSchema.builder()
                .addColumns(COLUMNS, CsvSchema.ColumnType.STRING)
                .setUseHeader(true)
                .setLineSeparator("\r\n")
                .build();
        rows = CsvMapper.csvBuilder()
                .enable(CsvGenerator.Feature.ALWAYS_QUOTE_STRINGS)
                .build()
                .writer(schema)
                .writeValues(out);
    }

    @Override
    public void write(HistoryLine line, boolean readable) throws IOException {
        JsonNode content = readable ? JsonResponse.JSON.readTree(line.content()) : MissingNode.getInstance();
        if (content.path("kind").asText().equals("decision")) {
            Map<String, String> row = new HashMap<>();
            COLUMNS.forEach(name -> row.put(name, cell(content.path(name))));
            row.put("number", String.valueOf(line.number()));
            row.put("rules", lines(content.path("rules"), HistoryCsv::rule));
            row.put("approvedBy", people(content, true));
            row.put("rejectedBy", people(content, false));
            row.replaceAll((name, text) -> harmless(text));
            rows.write(row);
        }
    }

    @Override
    public void close() throws IOException {
        rows.close();
    }

    private static String cell(JsonNode value) {
        return value.isArray() ? lines(value, JsonNode::asText) : value.asText();
    }

    /** Returns how many of whom a rule needs, and who counted for it. */
    private static String rule(JsonNode rule) {
        return "%s (%s): %s"
                .formatted(
                        rule.path("required").asText(), inOne(rule.path("submitters")), inOne(rule.path("approvedBy")));
    }

    private static String inOne(JsonNode names) {
        return cell(names).replace("\n", ", ");
    }

    private static String people(JsonNode content, boolean approved) {
        return lines(
                content.path("people"),
                said -> said.path("approved").asBoolean() == approved
                        ? "%s (%s): %s"
                                .formatted(
                                        said.path("user").asText(),
                                        said.path("at").asText(),
                                        said.path("comment").asText())
                        : "");
    }

    /** Returns the elements that have a text, each in one line: a comment must not look like the next element. */
    private static String lines(JsonNode list, Function<JsonNode, String> text) {
        return StreamSupport.stream(list.spliterator(), false)
                .map(text)
                .filter(each -> !each.isEmpty())
                .map(each -> each.replaceAll("\\R", " "))
                .collect(Collectors.joining("\n"));
    }

    /** Returns a text that a spreadsheet shows and does not calculate. */
    private static String harmless(String text) {
        return FORMULA.matcher(text).matches() ? "'" + text : text;
    }
}
