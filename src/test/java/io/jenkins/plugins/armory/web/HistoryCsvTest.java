package io.jenkins.plugins.armory.web;

import static org.assertj.core.api.Assertions.assertThat;

import io.jenkins.plugins.armory.storage.history.HistoryLine;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Tests of the history for spreadsheets. */
class HistoryCsvTest {

    private static final String HEAD = "\uFEFF\"" + String.join("\",\"", HistoryCsv.COLUMNS) + "\"\r\n";

    private static HistoryLine line(String content) {
        return new HistoryLine(7, "", "", "", content.getBytes(StandardCharsets.UTF_8));
    }

    private static String csv(boolean readable, String... contents) throws IOException {
        var out = new ByteArrayOutputStream();
        try (var csv = new HistoryCsv(out)) {
            for (String content : contents) {
                csv.write(line(content), readable);
            }
        }
        return out.toString(StandardCharsets.UTF_8);
    }

    private static String message(String message) throws IOException {
        String row =
                csv(true, "{\"kind\":\"decision\",\"message\":" + message + "}").substring(HEAD.length());
        String before = "\"7\"" + ",\"\"".repeat(HistoryCsv.COLUMNS.indexOf("message") - 1);
        assertThat(row).startsWith(before + ",\"");
        return row.substring(before.length() + 2, row.indexOf("\",\"\"", before.length() + 2));
    }

    @Test
    void hasARowForEachDecisionAndNoneForARemovalOrWhatOneMayNotRead() throws IOException {
        String decision = "{\"kind\":\"decision\",\"job\":\"a, \\\"b\\\"\",\"build\":3,\"override\":true}";

        assertThat(csv(true, decision, "{\"kind\":\"removal\",\"lastNumber\":2}", decision)
                        .lines())
                .hasSize(3)
                .element(2)
                .asString()
                .startsWith("\"7\",\"\",\"\",\"a, \"\"b\"\"\",\"\",\"3\",")
                .contains("\"true\"");
        assertThat(csv(false, decision)).isEqualTo(HEAD);
        assertThat(csv(true)).as("a history without a line").isEqualTo(HEAD);
    }

    @ParameterizedTest
    @ValueSource(strings = {"=1+1", "+1", "-1", "@SUM(A1)", " =1", "\\t=1", "\\n=1", "\uFF1D1", "\u00A0=1", "=\\n1"})
    void aSpreadsheetCalculatesNothing(String text) throws IOException {
        assertThat(message('"' + text + '"')).startsWith("'");
        assertThat(message("\"a" + text + '"')).startsWith("a");
    }

    @Test
    void whatPeopleSaidHasALineEach() throws IOException {
        String people = """
                {"kind":"decision","requesters":["ops","cn=a, ou=b"],"rules":[
                {"approvedBy":["alice"],"required":2,"submitters":["alice","qa"]},{"required":1,"submitters":[]}],"people":[
                {"approved":true,"at":"T1","comment":"fine\\neve (T0): no","user":"alice"},
                {"approved":false,"at":"T2","comment":"","user":"bob"}]}""";

        assertThat(csv(true, people))
                .contains("\"2 (alice, qa): alice\n1 (): \",\"ops\ncn=a, ou=b\"")
                .contains("\"alice (T1): fine eve (T0): no\",\"bob (T2): \"");
    }
}
