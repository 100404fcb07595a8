package io.jenkins.plugins.armory.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import io.jenkins.plugins.armory.acceptance.driver.Build;
import io.jenkins.plugins.armory.acceptance.driver.Callback;
import io.jenkins.plugins.armory.acceptance.driver.Controller;
import io.jenkins.plugins.armory.acceptance.driver.ExternalProcess;
import io.jenkins.plugins.armory.acceptance.driver.Jenkins;
import io.jenkins.plugins.armory.acceptance.driver.RawHttp;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/**
 * Whatever is sent to the callback's address: the controller does not fail, shows nothing of its inside, and takes
 * nothing for a decision that is none. It has a controller of its own, since this address fails too often on it.
 */
class OddRequestTest {

    private static final int REQUESTS = 3000;
    private static final String PAGE_OF_JENKINS = "\r\nX-Jenkins: ";
    private static final Pattern INSIDE = Pattern.compile(
            "\\bat [\\w.$/]+\\([\\w.]+(:\\d+)?\\)|\\w+(Exception|Error)\\b|Caused by|jenkins\\.plugins\\.armory");

    @Test
    void oddRequestsAreRefusedAndDecideNothing() throws IOException {
        try (Controller controller = Controller.create(Settings.CASC);
                ExternalProcess process = new ExternalProcess()) {
            controller.start();
            sendOddRequests(new Jenkins(controller), process);
        }
    }

    private static void sendOddRequests(Jenkins jenkins, ExternalProcess process) throws IOException {
        Build build = jenkins.build(process.approval()).awaitWaiting(1);
        Callback callback = process.awaitCallback();
        OddRequests requests = new OddRequests(callback, Seed.of("Odd requests"));
        Set<String> statuses = new TreeSet<>();

        for (int i = 0; i < REQUESTS; i++) {
            byte[] request = requests.next();
            String answer = RawHttp.exchange(URI.create(jenkins.controller().url()), request);

            assertThat(answer)
                    .as(() -> "the answer to " + text(request))
                    .startsWith("HTTP/1.1 ")
                    .doesNotContain("accepted")
                    .doesNotContainPattern(INSIDE);
            // Beside the callback's own address Jenkins answers, and with an error page where it fails on the request.
            if (isToTheAddress(callback, request) || !answer.contains(PAGE_OF_JENKINS)) {
                assertThat(answer).as(() -> "the answer to " + text(request)).doesNotStartWith("HTTP/1.1 5");
            }
            statuses.add(answer.substring(9, 12));
        }

        assertThat(statuses).as("kinds of answers").contains("400", "401", "404", "405", "415");
        build.awaitWaiting(1);
        callback.succeed("after all that").expect(200);
        build.awaitResult("SUCCESS");
    }

    private static boolean isToTheAddress(Callback callback, byte[] request) {
        String path = Pattern.quote(URI.create(callback.uri()).getPath());
        return Pattern.compile("\\S+ " + path + "(/callback)? ")
                .matcher(text(request))
                .lookingAt();
    }

    private static String text(byte[] request) {
        return new String(request, StandardCharsets.ISO_8859_1).replaceAll("(?s)(.{1000}).*", "$1...");
    }
}
