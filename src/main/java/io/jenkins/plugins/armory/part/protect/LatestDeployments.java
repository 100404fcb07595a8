package io.jenkins.plugins.armory.part.protect;

import io.jenkins.plugins.armory.store.History;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.kohsuke.accmod.Restricted;
import org.kohsuke.accmod.restrictions.NoExternalUse;

/**
 * The latest deployments to each environment of the administrators, for a page that cannot read the logs of all builds.
 * A start takes them from the {@link History}.
 */
@Restricted(NoExternalUse.class)
public final class LatestDeployments {

    /** The number of deployments that are kept of each environment. */
    static final int OF_EACH = 20;

    private static final int ENVIRONMENTS = 100;

    private static final Comparator<EndedDeployment> NEWEST_FIRST =
            Comparator.comparing(EndedDeployment::at).reversed();

    /** Newest first. Guarded by this. */
    private List<EndedDeployment> deployments = List.of();

    /** Returns all, newest first. */
    public synchronized List<EndedDeployment> list() {
        return deployments;
    }

    /**
     * Adds a deployment, or replaces it if it is there.
     *
     * @return whether that changes something
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
}
