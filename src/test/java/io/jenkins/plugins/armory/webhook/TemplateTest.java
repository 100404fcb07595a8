package io.jenkins.plugins.armory.webhook;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.jenkins.plugins.armory.Seeds;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TemplateTest {

    private final Variables variables = new Variables()
            .with(Variables.CALLBACK_URI, "https://jenkins/armory/approvals/a1")
            .withContext(Map.of("ref", "main", "braces", "{{context.ref}}", "empty", ""));

    private String render(String text) throws UndeliverableException {
        return new Template("bodyTemplate", text)
                .render(variables, (value, before) -> value)
                .toString();
    }

    @Test
    void putsInVariables() throws UndeliverableException {
        assertThat(render("{{armory.callbackUri}}/callback?ref={{ context.ref }}{{context.empty}}."))
                .isEqualTo("https://jenkins/armory/approvals/a1/callback?ref=main.");
        assertThat(render("no variable, {single} and }} alone")).isEqualTo("no variable, {single} and }} alone");
    }

    @Test
    void neverLooksForVariablesInTheirValues() throws UndeliverableException {
        assertThat(render("{{context.braces}}")).isEqualTo("{{context.ref}}");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "x {{context.missing}}    | bodyTemplate: {{context.missing}} at line 1, column 3: has no value; add \"missing\" to context",
                "{{armory.callbackUrl}}   | has no value; known are {{armory.callbackUri}}",
                "{{armory.environmentName}} | run the step in a stage",
                "{{callbackUri}}          | \"{{callbackUri}}\" at line 1, column 1 is not a variable",
                "{{#context.ref}}         | is not a variable",
                "{{{context.ref}}}        | is not a variable",
                "{{{context.ref}}         | \"{{{context.ref}}\" at line 1, column 1 is not a variable",
                "{{>partial}}             | is not a variable",
                "{{}}                     | is not a variable",
                "{\"a\": {{context.ref}   | the \"{{\" at line 1, column 7 has no \"}}\"",
            })
    void refusesWhatItCannotFillIn(String text, String message) {
        assertThatThrownBy(() -> render(text))
                .isInstanceOf(UndeliverableException.class)
                .hasMessageContaining(message);
    }

    /** Such as in a deployment file of a pull request. A search for the end of each would take half an hour. */
    @Test
    void manyBracesTakeNoLongerThanFew() {
        String text = "{".repeat(1024 * 1024);
        long start = System.nanoTime();

        assertThat(Template.variables(text)).isEmpty();
        assertThatThrownBy(() -> render(text)).hasMessage("bodyTemplate: the \"{{\" at line 1, column 1 has no \"}}\"");

        assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(10));
    }

    @Test
    void tellsLineAndColumn() {
        assertThatThrownBy(() -> render("{\n  \"ref\": \"{{context.nope}}\"\n}"))
                .hasMessageContaining("at line 2, column 11");
    }

    @Test
    void rendersOrRefusesWhateverComes() {
        Seeds.each(500, draw -> checkRendersOrRefuses(draw.text(), draw.text(), draw.text()));
    }

    private static void checkRendersOrRefuses(String before, String value, String after) {
        var one = new Variables().withContext(Map.of("x", value));
        String text = before + "{{context.x}}" + after;
        var template = new Template("f", text);
        try {
            String rendered = template.render(one, (each, soFar) -> each).toString();
            assertThat(rendered).startsWith(before).contains(value);
        } catch (UndeliverableException x) {
            // A tag of their own, or a "{" right before the variable, which makes it "{{{".
            assertThat(text.indexOf("{{") < before.length() || after.contains("{{"))
                    .as(text)
                    .isTrue();
        }
    }
}
