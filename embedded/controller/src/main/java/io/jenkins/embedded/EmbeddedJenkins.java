package io.jenkins.embedded;

import hudson.Extension;
import hudson.ExtensionList;
import hudson.model.Item;
import hudson.model.listeners.ItemListener;
import hudson.security.ACL;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collection;
import java.util.Comparator;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import java.util.logging.Level;
import java.util.logging.Logger;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import jenkins.model.Jenkins;
import jenkins.model.JenkinsLocationConfiguration;
import jenkins.util.Timer;
import net.java.sezpoz.Index;
import net.java.sezpoz.IndexItem;
import org.jenkinsci.plugins.workflow.flow.FlowExecution;
import org.jenkinsci.plugins.workflow.flow.FlowExecutionList;
import org.jenkinsci.plugins.workflow.support.steps.StageStep;

/** The controller: extensions, settings and jobs, without what serves them over HTTP. */
final class EmbeddedJenkins extends Jenkins {
    /** The controller listens on loopback alone, so whoever reaches it is its one user, who may do everything. */
    static final ACL ONE_USER = ACL.lambda2((authentication, permission) -> true);

    private static final Logger LOGGER = Logger.getLogger(EmbeddedJenkins.class.getName());
    private static final long SHUTDOWN_SECONDS = 10;
    /** A name becomes a part of URLs and of paths. */
    private static final Pattern JOB_NAME = Pattern.compile("(?U)[\\w-]([\\w. -]*[\\w-])?");

    private final List<Object> extensions = new CopyOnWriteArrayList<>();
    private final SortedMap<String, PipelineJob> jobs = new ConcurrentSkipListMap<>();
    private final AtomicLong lastQueueId = new AtomicLong();
    private List<PipelineBuild> interrupted = List.of();
    private volatile boolean terminating;

    EmbeddedJenkins(Path home) throws IOException {
        super(home.toFile(), null);
        Files.createDirectories(jobsFolder());
        // not through the index: the controller's jar has room for one, which is the plugin's
        extensions.add(new JenkinsLocationConfiguration());
        extensions.add(new CascCredentials());
        extensions.add(new StageStep.DescriptorImpl());
        extensions.add(new FlowExecutionList() {
            @Override
            public Iterator<FlowExecution> iterator() {
                return interrupted.stream()
                        .<FlowExecution>map(PipelineBuild::execution)
                        .iterator();
            }
        });
        StreamSupport.stream(
                        Index.load(Extension.class, Object.class, getClass().getClassLoader())
                                .spliterator(),
                        false)
                .sorted(Comparator.comparingDouble(item -> -item.annotation().ordinal()))
                .forEach(this::addExtension);
    }

    private void addExtension(IndexItem<Extension, Object> item) {
        try {
            extensions.add(item.instance());
        } catch (InstantiationException | LinkageError e) {
            if (!item.annotation().optional()) {
                throw new IllegalStateException("Cannot create the extension " + item.className(), e);
            }
            LOGGER.log(Level.INFO, "Without the optional extension " + item.className(), e);
        }
    }

    /** @param url where the controller is reached, unless its settings say something else */
    void load(String url) throws IOException {
        JenkinsLocationConfiguration.get().setUrl(url);
        var casc = getRootDir().toPath().resolve("casc.yaml");
        try {
            new Settings(System.getenv()).apply(casc);
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(casc + ": " + e.getMessage(), e);
        }
        try (var folders = Files.newDirectoryStream(jobsFolder())) {
            for (var folder : folders) {
                if (AtomicFile.deleteIfGoing(folder)) {
                    continue;
                }
                var job = PipelineJob.load(this, folder);
                jobs.put(job.getName(), job);
            }
        }
        builds().forEach(build -> lastQueueId.accumulateAndGet(build.getQueueId(), Math::max));
        interrupted = builds().filter(PipelineBuild::isBuilding).toList();
        fire(ItemListener.class, ItemListener::onLoaded);
    }

    /** Goes on with the builds that the controller's last end interrupted. */
    void resumeBuilds(long delayMillis) {
        Timer.get()
                .schedule(
                        () -> interrupted.forEach(build -> build.resume(lastQueueId.incrementAndGet())),
                        delayMillis,
                        TimeUnit.MILLISECONDS);
    }

    /** Has the builds saved, and lets them rest until the next start. */
    void shutDown() {
        terminating = true;
        fire(ItemListener.class, ItemListener::onBeforeShutdown);
        var halted = builds().filter(PipelineBuild::isBuilding)
                .map(PipelineBuild::halt)
                .toList();
        for (var build : halted) {
            try {
                build.get(SHUTDOWN_SECONDS, TimeUnit.SECONDS);
            } catch (Exception e) {
                LOGGER.log(
                        Level.WARNING,
                        "A build could not be saved in time; it goes on from where it was last saved",
                        e);
            }
        }
        // scripts of sh steps would be left behind otherwise
        ProcessHandle.current().descendants().forEach(ProcessHandle::destroy);
    }

    /** Tells all listeners of a type; one that fails does not keep the others from hearing it. */
    static <T> void fire(Class<T> type, Consumer<T> event) {
        for (var listener : ExtensionList.lookup(type)) {
            try {
                event.accept(listener);
            } catch (RuntimeException e) {
                LOGGER.log(Level.WARNING, listener.getClass() + " failed", e);
            }
        }
    }

    /** @throws IllegalArgumentException when there cannot be such a job */
    synchronized PipelineJob createJob(String name, byte[] configXml) throws IOException {
        if (name == null || !JOB_NAME.matcher(name).matches()) {
            throw new IllegalArgumentException("‘" + name + "’ is not a name for a job");
        }
        if (jobs.containsKey(name)) {
            throw new IllegalArgumentException("A job already exists with the name ‘" + name + "’");
        }
        var job = PipelineJob.create(this, name, jobsFolder().resolve(name), configXml);
        jobs.put(name, job);
        return job;
    }

    PipelineBuild schedule(PipelineJob job, Map<String, String> parameters) throws IOException {
        return job.schedule(parameters, lastQueueId.incrementAndGet());
    }

    void delete(PipelineJob job) throws IOException {
        jobs.remove(job.getName());
        job.builds().forEach(PipelineBuild::end);
        fire(ItemListener.class, listener -> listener.onDeleted(job));
        AtomicFile.deleteFolder(job.folder());
    }

    Collection<PipelineJob> jobs() {
        return jobs.values();
    }

    Stream<PipelineBuild> builds() {
        return jobs.values().stream().flatMap(job -> job.builds().stream());
    }

    private Path jobsFolder() {
        return getRootDir().toPath().resolve("jobs");
    }

    @Override
    public List<Item> getItems() {
        return List.copyOf(jobs.values());
    }

    @Override
    public <T extends Item> T getItemByFullName(String fullName, Class<T> type) {
        var job = jobs.get(fullName);
        return type.isInstance(job) ? type.cast(job) : null;
    }

    @Override
    public <T> ExtensionList<T> getExtensionList(Class<T> extensionType) {
        var found = extensions.stream()
                .filter(extensionType::isInstance)
                .map(extensionType::cast)
                .toList();
        return new ExtensionList<>(this, extensionType) {
            @Override
            public T get(int index) {
                return found.get(index);
            }

            @Override
            public int size() {
                return found.size();
            }
        };
    }

    @Override
    public boolean isQuietingDown() {
        return terminating;
    }

    @Override
    public boolean isTerminating() {
        return terminating;
    }

    @Override
    public ACL getACL() {
        return ONE_USER;
    }
}
