package io.jenkins.plugins.armory.acceptance.generator;

import java.util.ArrayList;
import java.util.List;

/**
 * A Pipeline that was composed at random.
 *
 * @param seed what it was composed from
 * @param declarative whether it is a Declarative one: then all parts are stages, and it has a {@code post} with a marker
 * @param post the marker in {@code post}, {@code null} in a Scripted one
 */
public record GeneratedPipeline(long seed, boolean declarative, Node.Sequence body, Node.Mark post) {

    /** What the rules say of it. */
    public Expectation expectation() {
        return new Oracle(this).expectation().orElseThrow();
    }

    /** All its approvals. */
    public List<Site> sites() {
        List<Site> sites = new ArrayList<>();
        body.forEach(node -> {
            if (node instanceof Node.Approval approval // which may stand there twice
                    && sites.stream().noneMatch(site -> site.number() == approval.site())) {
                sites.add(new Site(approval));
            }
        });
        return sites;
    }

    /**
     * Whether an approval passes at one time and times out at another. A time limit that passes while the controller is down would
     * swap the two.
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
