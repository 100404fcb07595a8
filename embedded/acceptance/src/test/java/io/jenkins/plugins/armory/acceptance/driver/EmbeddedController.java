package io.jenkins.plugins.armory.acceptance.driver;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** The embedded controller of this build. */
public final class EmbeddedController extends ControllerProcess {

    private static final Pattern UP = Pattern.compile("Embedded controller is up: (http://\\S+:(\\d+)/)");
    private static final String LOADING_SLOWLY = "-Dembedded.resumeDelayMillis=3000";

    private String url;
    private String port = "0"; // a free one; the same again after that

    private EmbeddedController() {}

    /** @param casc as for {@link Controller#create} */
    public EmbeddedController(String casc) {
        write("casc.yaml", casc);
    }

    private EmbeddedController(Path home) {
        super(home);
    }

    static Path jar() {
        return Path.of(System.getProperty("acceptance.artifacts"), "embedded-controller.jar");
    }

    /** Another one on the same home, at an address of its own, not started yet. */
    public EmbeddedController second() {
        EmbeddedController second = new EmbeddedController(home());
        second.setJavaOptions(List.of("-Dembedded.sharesHome=true"));
        return second;
    }

    /** One on a copy of the home, at an address of its own, not started yet. */
    public EmbeddedController copy() {
        EmbeddedController copy = new EmbeddedController();
        try (Stream<Path> files = Files.walk(home())) {
            for (Path file : files.toList()) {
                Path target = copy.home().resolve(home().relativize(file).toString());
                if (!Files.isDirectory(target)) {
                    Files.copy(file, target);
                }
            }
        } catch (IOException x) {
            throw new UncheckedIOException(x);
        }
        return copy;
    }

    @Override
    public String description() {
        return "the embedded controller";
    }

    @Override
    void launch(boolean loadingSlowly) {
        List<String> arguments = new ArrayList<>(loadingSlowly ? List.of(LOADING_SLOWLY) : List.of());
        arguments.addAll(List.of("-jar", jar().toString(), "--home", home().toString(), "--port", port));
        launch(Map.of(), arguments);
    }

    @Override
    void awaitUp() {
        Matcher up = process().awaitOutput(UP);
        url = up.group(1);
        port = up.group(2);
    }

    @Override
    public String url() {
        return url;
    }

    @Override
    public Optional<String> authorization() {
        return Optional.empty();
    }

    /** There are no passwords: a name is enough. */
    @Override
    public String authorizationOf(String user) {
        return "Basic " + Base64.getEncoder().encodeToString((user + ":").getBytes(StandardCharsets.UTF_8));
    }
}
