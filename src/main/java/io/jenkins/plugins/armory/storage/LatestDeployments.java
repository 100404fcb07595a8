package io.jenkins.plugins.armory.storage;

import com.fasterxml.jackson.annotation.JsonProperty;
import io.jenkins.plugins.armory.storage.disk.DurableFile;
import io.jenkins.plugins.armory.storage.disk.StoredJson;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.kohsuke.accmod.Restricted;
import org.kohsuke.accmod.restrictions.NoExternalUse;

/**
 * The latest deployments to each environment of the administrators, in memory and in one file. The builds' own files count; this is for a
 * page that cannot read those of all builds.
 */
@Restricted(NoExternalUse.class)
public final class LatestDeployments {

    private static final Logger LOGGER = Logger.getLogger(LatestDeployments.class.getName());

    static final String FILE = "environments.json";
    /** The number of deployments that are kept of each environment. */
    static final int OF_EACH = 20;

    private static final int ENVIRONMENTS = 100;

    private static final Comparator<EndedDeployment> NEWEST_FIRST =
            Comparator.comparing(EndedDeployment::at).reversed();

    private record Content(@JsonProperty("deployments") List<EndedDeployment> deployments) {

        private Content {
            deployments = List.copyOf(deployments);
        }
    }

    private final Path file;
    private final boolean writable;

    /** Newest first. Guarded by this. */
    private List<EndedDeployment> deployments;

    private LatestDeployments(Path file, boolean writable, List<EndedDeployment> deployments) {
        this.file = file;
        this.writable = writable;
        this.deployments = deployments;
    }

    /**
     * Reads the file in a folder. One that is damaged is replaced with the next deployment. One that cannot be read, or that a newer version
     * of the plugin wrote, is left as it is: then what comes is known until the next start.
     */
    public static LatestDeployments open(Path folder) {
        Path file = folder.resolve(FILE);
        List<EndedDeployment> known = List.of();
        boolean writable = true;
        try {
            known = StoredJson.find(file, Content.class)
                    .map(Content::deployments)
                    .orElse(known);
        } catch (IOException x) {
            LOGGER.log(Level.WARNING, "The latest deployments to environments are not known any more", x);
            writable = x instanceof StoredJson.UnreadableException;
        }
        return new LatestDeployments(file, writable, known);
    }

    /** Returns all, newest first. */
    public synchronized List<EndedDeployment> list() {
        return deployments;
    }

    /**
     * Adds a deployment, or replaces it if it is there.
     *
     * @return whether that changes something, so that it has to be {@link #write written}
     */
    public synchronized boolean add(EndedDeployment ended) {
        List<EndedDeployment> all = new ArrayList<>(deployments);
        all.removeIf(ended::isSame);
        all.add(ended);
        all.sort(NEWEST_FIRST);
        List<EndedDeployment> kept = kept(all);
        boolean changes = !kept.equals(deployments);
        deployments = kept;
        return changes;
    }

    /** Returns the newest of the environments that were deployed to last. */
    private static List<EndedDeployment> kept(List<EndedDeployment> newestFirst) {
        Map<String, Integer> ofEach = new LinkedHashMap<>();
        return newestFirst.stream()
                .filter(each -> ofEach.containsKey(each.environment()) || ofEach.size() < ENVIRONMENTS)
                .filter(each -> ofEach.merge(each.environment(), 1, Integer::sum) <= OF_EACH)
                .toList();
    }

    /** @throws IOException if it may not be on disk */
    public void write() throws IOException {
        if (!writable) {
            return;
        }
        synchronized (file) {
            DurableFile.write(file, StoredJson.file(new Content(list())));
        }
    }
}
