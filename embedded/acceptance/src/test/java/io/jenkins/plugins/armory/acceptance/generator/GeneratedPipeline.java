package io.jenkins.plugins.armory.acceptance.generator;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.stream.Stream;

/**
 * A Pipeline that was composed at random.
 *
 * @param seed what it was composed from
 * @param declarative whether it is a Declarative one: then all parts are stages, and it has a {@code post} with a
 *     marker
 * @param post the marker in {@code post}, {@code null} in a Scripted one
 * @param restarts the stages, from 0, from which a Declarative build was restarted, and before it those that it was
 *     restarted from; what is said in a stage is what is said when it is run for the last time
 */
public record GeneratedPipeline(
        long seed, boolean declarative, Node.Sequence body, Node.Mark post, List<Integer> restarts) {

    /** A Pipeline whose builds run all of it. */
    GeneratedPipeline(long seed, boolean declarative, Node.Sequence body, Node.Mark post) {
        this(seed, declarative, body, post, List.of());
    }

    /**
     * Returns the same as it is once it is restarted from a stage: from there on, the opposite is said of some
     * approvals.
     */
    public GeneratedPipeline restartedFrom(int stage) {
        List<Node> parts = new ArrayList<>(body.parts());
        parts.subList(stage, parts.size()).replaceAll(part -> part.replace(this::perhapsOpposite));
        List<Integer> all = Stream.concat(restarts.stream().filter(each -> each < stage), Stream.of(stage))
                .toList();
        return new GeneratedPipeline(seed, declarative, new Node.Sequence(parts), post, all);
    }

    /** The same wherever the approval stands. */
    private Node.Element perhapsOpposite(Node.Element element) {
        boolean opposite = new SplittableRandom(seed + 31L * element.site() + restarts.size()).nextBoolean();
        return opposite ? element.opposite() : element;
    }

    /** What the rules say of it. */
    public Expectation expectation() {
        return new Oracle(this).expectation().orElseThrow();
    }

    /** Whether the rules say something of it: not where too much can happen in any order. */
    public boolean isClear() {
        return new Oracle(this).expectation().isPresent();
    }

    /** All its approvals, and the rules of its environments. */
    public List<Site> sites() {
        Map<Integer, Site> sites = new TreeMap<>();
        body.forEach(
                node -> { // either may stand there twice; after a restart, the last one is the one that may be asked
                    if (node instanceof Node.Approval approval) {
                        approval.elements().forEach(element -> sites.put(element.site(), new Site(element)));
                    } else if (node instanceof Node.Environment environment) {
                        environment
                                .guard()
                                .elements()
                                .forEach(element -> sites.put(element.site(), new Site(element, environment.name())));
                    }
                });
        return List.copyOf(sites.values());
    }

    /**
     * Whether an approval passes at one time and times out at another. A time limit that passes while the controller is
     * down would swap the two.
     */
    public boolean timesOutAtTimes() {
        return sites().stream().anyMatch(Site::timesOutAtTimes);
    }

    /** How many parts it has. */
    public int size() {
        int[] count = {0};
        body.forEach(node -> count[0]++);
        return count[0];
    }

    /** Its text, with webhooks that call below that address. */
    public String script(String url) {
        return new Script(url).of(this);
    }
}
