package io.jenkins.plugins.armory.acceptance.driver;

import java.net.URLEncoder;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.charset.StandardCharsets;

/** Runs Groovy in a real Jenkins, as an administrator may. */
public final class ScriptConsole {

    private final Controller jenkins;

    public ScriptConsole(Controller jenkins) {
        this.jenkins = jenkins;
    }

    /** What the script printed. */
    public String run(String groovy) {
        Answer answer = Http.send(Http.request(jenkins.url() + "scriptText")
                .header("Authorization", jenkins.authorization().orElseThrow())
                .header("Content-Type", "application/x-www-form-urlencoded")
                .POST(BodyPublishers.ofString("script=" + URLEncoder.encode(groovy, StandardCharsets.UTF_8))));
        if (answer.status() != 200 || answer.body().contains("Exception")) {
            throw new AssertionError("The script failed: " + answer);
        }
        return answer.body();
    }
}
