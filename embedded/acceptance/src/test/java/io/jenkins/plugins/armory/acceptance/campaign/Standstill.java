package io.jenkins.plugins.armory.acceptance.campaign;

import io.jenkins.plugins.armory.acceptance.driver.Build;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Set;

/**
 * Finds a build that Jenkins itself does not continue: it has lost in a crash that one of its own steps was over; see
 * docs/reliability.md.
 */
public final class Standstill {

    /** Steps of Jenkins's own that the Pipelines have. */
    private static final Set<String> BLOCKS =
            Set.of("DSL.parallel", "DSL.stage", "DSL.script", "DSL.retry", "DSL.catchError", "DSL.timeout");
    /** For so long nothing may have happened. */
    private static final Duration LASTS_AFTER = Duration.ofSeconds(10);

    private final Build build;
    private Instant since;

    public Standstill(Build build) {
        this.build = build;
    }

    /**
     * Whether it is like that, and has been for a while.
     *
     * @param isPossible whether nothing else goes on that would move the build
     */
    public boolean lasts(boolean isPossible) {
        if (!isPossible || !standsInJenkins()) {
            since = null;
        } else if (since == null) {
            since = Instant.now();
        }
        return since != null && since.plus(LASTS_AFTER).isBefore(Instant.now());
    }

    /**
     * Whether steps of Jenkins's own are all that the program is at, but for environments that wait for what is behind
     * them.
     */
    private boolean standsInJenkins() {
        List<String> steps = build.innermostSteps();
        long ofJenkins = steps.stream().filter(BLOCKS::contains).count();
        long environments =
                steps.stream().filter("DSL.armoryEnvironment"::equals).count();
        long waiting = build.environments().values().stream()
                .filter("WAITING_FOR_DEPENDENCIES"::equals)
                .count();
        long shownAsStages = waiting - environments; // those outside of any stage
        return shownAsStages >= 0 && ofJenkins > shownAsStages && ofJenkins + environments == steps.size();
    }
}
