package io.jenkins.plugins.armory.runtime;

import com.fasterxml.jackson.databind.JsonNode;
import hudson.model.Action;
import hudson.model.Run;
import io.jenkins.plugins.armory.store.disk.StoredJson;
import io.jenkins.plugins.armory.webhook.text.Bound;
import java.io.IOException;
import java.io.StringWriter;
import java.util.List;
import java.util.Optional;
import java.util.logging.Level;
import java.util.logging.Logger;
import java.util.stream.Stream;
import org.kohsuke.stapler.export.Flavor;
import org.kohsuke.stapler.export.ModelBuilder;
import org.kohsuke.stapler.export.NamedPathPruner;

/**
 * The commits that a build has checked out, as the plugin Git exports them. Nothing of that plugin is needed to compile
 * this.
 */
final class Commits {

    private static final Logger LOGGER = Logger.getLogger(Commits.class.getName());

    /** The most repositories that are shown. */
    private static final int SHOWN = 5;
    /** A class of the plugin Git. */
    private static final String GIT = "hudson.plugins.git.util.BuildData";

    private static final String EXPORTED = "lastBuiltRevision[SHA1],remoteUrls";

    private Commits() {}

    static List<BuildInfo.Commit> of(Run<?, ?> run) {
        return run.getActions().stream()
                .filter(action -> action.getClass().getName().equals(GIT))
                .flatMap(action -> in(action).stream())
                .distinct()
                .limit(SHOWN)
                .toList();
    }

    private static Optional<BuildInfo.Commit> in(Action action) {
        try {
            JsonNode json = Exported.of(action);
            String id = json.at("/lastBuiltRevision/SHA1").asText();
            String repository = withoutPassword(json.at("/remoteUrls/0").asText());
            return Stream.of(new BuildInfo.Commit(Bound.LINE.cut(id), Bound.LINE.cut(repository)))
                    .filter(commit -> !id.isEmpty())
                    .findFirst();
        } catch (IOException | RuntimeException x) {
            LOGGER.log(Level.FINE, "The commit of a checkout is not known", x);
            return Optional.empty();
        }
    }

    /** Returns an address without its user and password, which may have an {@code @} in it. */
    static String withoutPassword(String address) {
        return address.replaceFirst("//[^/]*@", "//");
    }

    /** A class of its own, which is loaded only where there is such an action. */
    private static final class Exported {

        @SuppressWarnings({"unchecked", "rawtypes"}) // the model of the object's own class
        static JsonNode of(Action action) throws IOException {
            var json = new StringWriter();
            new ModelBuilder()
                    .get((Class) action.getClass())
                    .writeTo(action, new NamedPathPruner(EXPORTED), Flavor.JSON.createDataWriter(action, json));
            return StoredJson.object("git", json.toString());
        }
    }
}
