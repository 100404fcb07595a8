package io.jenkins.plugins.armory.acceptance.driver;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The embedded controller of this build. */
public final class EmbeddedController extends ControllerProcess {

    private static final Pattern UP = Pattern.compile("Embedded controller is up: (http://\\S+:(\\d+)/)");
    private static final String LOADING_SLOWLY = "-Dembedded.resumeDelayMillis=3000";

    private String url;
    private String port = "0"; // a free one; the same again after that

    /** @param casc as for {@link Controller#create} */
    public EmbeddedController(String casc) {
        write("casc.yaml", casc);
    }

    @Override
    public String description() {
        return "the embedded controller";
    }

    @Override
    void launch(boolean loadingSlowly) {
        List<String> arguments = new ArrayList<>(loadingSlowly ? List.of(LOADING_SLOWLY) : List.of());
        Path jar = Path.of(System.getProperty("acceptance.artifacts"), "embedded-controller.jar");
        arguments.addAll(List.of("-jar", jar.toString(), "--home", home().toString(), "--port", port));
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
}
