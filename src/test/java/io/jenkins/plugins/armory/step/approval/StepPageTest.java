package io.jenkins.plugins.armory.step.approval;

import static org.assertj.core.api.Assertions.assertThat;

import io.jenkins.plugins.armory.config.form.Parameter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** Holds docs/step.md and the fields of docs/webhooks.md to the step: each parameter has a row. */
class StepPageTest {

    private static String page(String name) throws IOException {
        Path inRoot = Path.of("docs", name);
        return Files.readString(Files.exists(inRoot) ? inRoot : Path.of("../../docs", name));
    }

    @Test
    void eachParameterHasARow() throws IOException {
        String pages = page("step.md") + page("webhooks.md");

        assertThat(Parameter.of(ArmoryWebhookApprovalsStep.class).keySet())
                .isNotEmpty()
                .allSatisfy(name ->
                        assertThat(pages).containsPattern("(?m)^\\|[^|]*`" + Pattern.quote(name) + "`[^|]*\\|"));
    }
}
