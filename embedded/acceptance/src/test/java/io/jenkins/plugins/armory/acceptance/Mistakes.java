package io.jenkins.plugins.armory.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import io.jenkins.plugins.armory.acceptance.driver.Build;
import io.jenkins.plugins.armory.acceptance.driver.Jenkins;

/** Mistakes in a step, all in one Pipeline that catches what they throw. */
public final class Mistakes {

    private Mistakes() {}

    /**
     * Fails unless each of them is named before anything is kept.
     *
     * @param step the step, with {@code %s} for the mistake
     * @param rows a mistake, a bar, and what is said of it
     */
    public static void assertNamed(Jenkins jenkins, String step, String... rows) {
        var script = new StringBuilder();
        for (int i = 0; i < rows.length; i++) {
            script.append("try { ")
                    .append(step.replace("%s", rows[i].substring(0, rows[i].indexOf(" | "))))
                    .append(" } catch (Throwable x) { echo \"<")
                    .append(i)
                    .append("> ${x.message} </")
                    .append(i)
                    .append(">\" }\n");
        }
        Build build = jenkins.build(script.toString());

        String log = build.awaitLogEnd();
        for (int i = 0; i < rows.length; i++) {
            String message = rows[i].substring(rows[i].indexOf(" | ") + 3).strip();
            assertThat(log).contains("<" + i + "> ", "</" + i + ">");
            assertThat(log.substring(log.indexOf("<" + i + "> "), log.indexOf("</" + i + ">")))
                    .as(rows[i])
                    .contains(message);
        }
        assertThat(log).doesNotContain("at io.jenkins.plugins.armory", "in the body");
        assertThat(build.approvals()).isEmpty();
    }
}
