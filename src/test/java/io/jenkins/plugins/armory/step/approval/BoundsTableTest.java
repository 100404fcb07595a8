package io.jenkins.plugins.armory.step.approval;

import static org.assertj.core.api.Assertions.assertThat;

import io.jenkins.plugins.armory.config.Parameter;
import io.jenkins.plugins.armory.window.Window;
import java.io.IOException;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** Holds docs/bounds.md to the steps: no parameter with a text may be without a bound. {@code BoundsTest} holds the steps to the table. */
class BoundsTableTest {

    /** Texts of which a step knows all values. */
    private static final List<String> WORDS = List.of("method", "phase", "networkMode", "onFailure");

    private static String page() throws IOException {
        Path inRoot = Path.of("docs/bounds.md");
        return Files.readString(Files.exists(inRoot) ? inRoot : Path.of("../../docs/bounds.md"));
    }

    @Test
    void eachParameterWithATextHasARow() throws IOException {
        String page = page();

        for (String text : texts(ArmoryWebhookApprovalStep.class, "")) {
            // the fields of a webhook, wherever it is defined
            String name = text.replaceFirst(
                    "^(cancel|status)\\.(?=(uriTemplate|headers|bodyTemplate|method|retry|signWith|\\w+Id)\\b)", "");
            if (WORDS.contains(name)) {
                assertThat(page).contains("`" + name + "`");
            } else {
                assertThat(page).as(text).containsPattern("(?m)^\\| `" + Pattern.quote(name) + "`.* [0-9,]+ ");
            }
        }
    }

    @Test
    void eachTextOfAWindowHasARow() throws IOException {
        for (RecordComponent part : Window.class.getRecordComponents()) {
            if (part.getType() == String.class) {
                String name = part.getName().equals("times") ? "allow` and `windows.deny" : part.getName();
                assertThat(page()).containsPattern("(?m)^\\| `windows\\." + name + "` \\| \\S");
            }
        }
    }

    /** Returns the parameters with texts or lists of them, also in nested objects. */
    private static List<String> texts(Class<?> type, String path) {
        var texts = new ArrayList<String>();
        Parameter.of(type).forEach((name, parameter) -> {
            Type of = parameter.type();
            String whole = path + name;
            if (of instanceof Class<?> nested
                    && nested.getName().startsWith("io.jenkins.plugins.armory")
                    && !nested.isEnum()) {
                texts.addAll(texts(nested, whole + "."));
            } else if (of == String.class || isList(of)) {
                texts.add(whole.replace("bodyTemplate.inline", "bodyTemplate"));
            }
        });
        return texts;
    }

    private static boolean isList(Type type) {
        return type instanceof ParameterizedType;
    }
}
