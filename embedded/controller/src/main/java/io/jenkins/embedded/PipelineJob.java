package io.jenkins.embedded;

import groovy.util.Node;
import groovy.util.XmlParser;
import hudson.model.Item;
import hudson.model.ItemGroup;
import hudson.model.Job;
import hudson.security.ACL;
import java.io.ByteArrayInputStream;
import java.io.File;
import java.io.IOException;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.stream.Stream;
import javax.xml.parsers.ParserConfigurationException;
import org.xml.sax.SAXException;

/** A Pipeline job, read from a {@code config.xml} as Jenkins writes it. */
final class PipelineJob extends Job<PipelineJob, PipelineBuild> {
    private static final String CPS_DEFINITION = "org.jenkinsci.plugins.workflow.cps.CpsFlowDefinition";
    private static final String STRING_PARAMETER = "hudson.model.StringParameterDefinition";

    private final Path folder;
    private final String script;
    private final Map<String, String> defaults = new LinkedHashMap<>();
    private final NavigableMap<Integer, PipelineBuild> builds = new ConcurrentSkipListMap<>();
    private int nextBuildNumber = 1;

    /** @throws IllegalArgumentException when the controller cannot run such a job */
    private PipelineJob(ItemGroup<Item> parent, String name, Path folder, byte[] configXml) {
        super(parent, name);
        this.folder = folder;
        var root = parse(configXml);
        if (!root.name().equals("flow-definition")) {
            throw new IllegalArgumentException("The embedded controller runs Pipeline jobs alone: expected a "
                    + "<flow-definition>, but found <" + root.name() + ">");
        }
        var definition = nodes(root.children(), "definition").findFirst();
        if (definition.isEmpty() || !CPS_DEFINITION.equals(definition.get().attribute("class"))) {
            throw new IllegalArgumentException("The job's <definition> must be of the class " + CPS_DEFINITION);
        }
        this.script = text(definition.get(), "script");
        nodes(root.depthFirst(), "parameterDefinitions")
                .flatMap(parameters -> nodes(parameters.children(), null))
                .forEach(this::addParameter);
    }

    private void addParameter(Node parameter) {
        if (!parameter.name().equals(STRING_PARAMETER)) {
            throw new IllegalArgumentException("The embedded controller knows parameters of the type "
                    + STRING_PARAMETER + " alone, not " + parameter.name());
        }
        defaults.put(text(parameter, "name"), text(parameter, "defaultValue"));
    }

    private static Stream<Node> nodes(List<?> content, String name) {
        return content.stream()
                .filter(Node.class::isInstance)
                .map(Node.class::cast)
                .filter(node -> name == null || node.name().equals(name));
    }

    private static String text(Node parent, String name) {
        return nodes(parent.children(), name).map(Node::text).findFirst().orElse("");
    }

    /** Rejects document types, as Groovy's parser does by default. */
    private static Node parse(byte[] xml) {
        try {
            return new XmlParser().parse(new ByteArrayInputStream(xml));
        } catch (SAXException | IOException | ParserConfigurationException e) {
            throw new IllegalArgumentException("Not a valid config.xml: " + e.getMessage(), e);
        }
    }

    static PipelineJob create(ItemGroup<Item> parent, String name, Path folder, byte[] configXml) throws IOException {
        var job = new PipelineJob(parent, name, folder, configXml);
        Files.createDirectories(folder.resolve("builds"));
        AtomicFile.write(folder.resolve("config.xml"), configXml);
        return job;
    }

    static PipelineJob load(ItemGroup<Item> parent, Path folder) throws IOException {
        var name = folder.getFileName().toString();
        var job = new PipelineJob(parent, name, folder, Files.readAllBytes(folder.resolve("config.xml")));
        var builds = folder.resolve("builds");
        Files.createDirectories(builds); // it may be on a disk that is not mounted
        try (var numbers = Files.newDirectoryStream(builds)) {
            for (var number : numbers) {
                // As hudson.model.RunMap does. A power cut leaves a folder alone: only a later sync makes a rename
                // durable.
                if (AtomicFile.deleteIfGoing(number) || !Files.exists(number.resolve("build.xml"))) {
                    continue;
                }
                var build = PipelineBuild.load(
                        job, Integer.parseInt(number.getFileName().toString()), number);
                job.builds.put(build.getNumber(), build);
            }
        }
        var next = job.nextBuildNumberFile();
        job.nextBuildNumber =
                Files.exists(next) ? Integer.parseInt(Files.readString(next).trim()) : 1;
        return job;
    }

    /**
     * Starts a build; the given parameters override the defaults, and those that the job does not define are ignored.
     */
    synchronized PipelineBuild schedule(Map<String, String> given, long queueId) throws IOException {
        var parameters = new LinkedHashMap<>(defaults);
        given.forEach((name, value) -> parameters.computeIfPresent(name, (key, unused) -> value));
        var number = nextBuildNumber;
        AtomicFile.write(nextBuildNumberFile(), String.valueOf(number + 1).getBytes(StandardCharsets.UTF_8));
        nextBuildNumber++;
        var build = PipelineBuild.create(this, number, folder.resolve("builds/" + number), parameters, queueId);
        builds.put(number, build);
        build.start();
        return build;
    }

    private Path nextBuildNumberFile() {
        return folder.resolve("nextBuildNumber");
    }

    void remove(PipelineBuild build) {
        builds.remove(build.getNumber());
    }

    Path folder() {
        return folder;
    }

    Path workspace() {
        return folder.resolve("workspace");
    }

    String script() {
        return script;
    }

    /** The builds, latest first. */
    Collection<PipelineBuild> builds() {
        return builds.descendingMap().values();
    }

    @Override
    public File getRootDir() {
        return folder.toFile();
    }

    @Override
    public File getBuildDir() {
        return folder.resolve("builds").toFile();
    }

    @Override
    public PipelineBuild getBuildByNumber(int n) {
        return builds.get(n);
    }

    @Override
    public String getUrl() {
        return "job/" + URLEncoder.encode(getName(), StandardCharsets.UTF_8).replace("+", "%20") + '/';
    }

    @Override
    public ACL getACL() {
        return EmbeddedJenkins.ONE_USER;
    }
}
