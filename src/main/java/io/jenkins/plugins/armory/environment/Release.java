package io.jenkins.plugins.armory.environment;

import com.fasterxml.jackson.annotation.JsonProperty;
import edu.umd.cs.findbugs.annotations.CheckForNull;
import io.jenkins.plugins.armory.webhook.Variables;
import io.jenkins.plugins.armory.webhook.text.Bound;
import java.io.Serializable;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.regex.Pattern;
import org.kohsuke.accmod.Restricted;
import org.kohsuke.accmod.restrictions.NoExternalUse;

/**
 * What a deployment brings to an environment.
 *
 * @param application of what it is a version: the full name of a folder, a slash, and a name that counts in that folder
 * @param version as the Pipeline says it, {@code null} if it does not
 */
@Restricted(NoExternalUse.class)
public record Release(
        @JsonProperty("application") String application,
        @CheckForNull @JsonProperty("version") String version) implements Serializable {

    private static final Pattern PRINTABLE = Pattern.compile("[!-~]([ -~]*[!-~])?");

    public Release {
        Objects.requireNonNull(application, "application");
    }

    /**
     * Checks a version, and the name of an application, as a Pipeline gives them.
     *
     * @throws IllegalArgumentException naming the parameter, and what to give
     */
    public static void check(@CheckForNull String version, @CheckForNull String application) {
        checkLine("version", version);
        checkLine("application", application);
        if (application != null && application.indexOf('/') >= 0) {
            throw new IllegalArgumentException(
                    "application: has a slash; give a name that counts in the folder of the job");
        }
    }

    private static void checkLine(String parameter, @CheckForNull String text) {
        Bound.LINE.check(parameter, text);
        if (text != null && !PRINTABLE.matcher(text).matches()) {
            throw new IllegalArgumentException(parameter
                    + ": must be one line of printable ASCII, without blanks around" + " it, such as \"2.7.1\"");
        }
    }

    /** Returns what templates know of it. */
    public Map<String, String> variables() {
        var variables = new LinkedHashMap<String, String>();
        variables.put(Variables.APPLICATION, application);
        if (version != null) {
            variables.put(Variables.VERSION, version);
        }
        return variables;
    }
}
