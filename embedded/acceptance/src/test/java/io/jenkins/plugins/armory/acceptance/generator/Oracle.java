package io.jenkins.plugins.armory.acceptance.generator;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Says what a build of a Pipeline must, may and must not do. It knows the rules of DESIGN.md, sections 5 and 15, and
 * nothing of the plugin's code: {@link Rules} runs the Pipeline by them. Where branches of {@code parallel} race, or
 * where the rules leave something open, that is a choice; the oracle goes through all of them, and what happens in some
 * and not in others may happen.
 *
 * <p>Where the text leaves room, it is read like this:
 * <ul>
 * <li>An environment is over when its body is, and all approvals that name it. Until then, nobody that depends on it
 * starts.
 * <li>An approval beside its environment counts as one in it. A failure of a throwing phase that stands when the
 * environment could be deployed to fails it. One that begins when the environment is over is an error, unless that is
 * complete and the phase is {@code afterDeployment}; of a complete one the dependents stay closed.
 * <li>{@code environment:} that names an environment which a later step would reach, or which only a {@code dependsOn}
 * mentions, is an error before the call once the build has reached any. In a build that has reached none, it is a
 * label. If the Pipeline catches the error, or a failure of a throwing phase, that environment fails when it is
 * reached.
 * <li>Once an {@code afterDeployment} approval outside of environments has failed, environments that wait or are
 * reached later are cancelled; those under way go on whole, and so do rollbacks. A stage that begins in a stage that
 * runs is cancelled and throws.
 * <li>An approval outside of stages and environments has no phase in common with others. Its {@code afterDeployment}
 * failure has everything that begins later for its dependents too.
 * <li>{@code armoryRollback} of an unknown name is an error in a build that has reached an environment, and a line of
 * the log in one that has not.
 * <li>A {@code beforeDeployment} failure alone is not rolled back, as nothing is deployed. Any other error in the body
 * of an environment is, like a {@code strategy} failure. With both, or once an {@code afterDeployment} approval has
 * succeeded, it may be or not.
 * <li>An error before the call that the Pipeline catches in an environment may fail that or not.
 * <li>A caught failure that fails its environment does not throw again. Something cancelled through it makes the result
 * at least FAILURE.
 * <li>An environment that is cancelled for two reasons, one of them an {@code afterDeployment} failure, gives FAILURE
 * or ABORTED.
 * <li>An approval that ends at once since another one of its phase has failed is a failure itself, and does not end
 * others. One that had begun when the other failed may come to its own decision or be ended, and may be called or not.
 * Where the failed webhook has succeeded meanwhile, the one that starts may be ended or not.
 * <li>A second {@code armoryEnvironment} of one name is an error, in {@code retry} too, and fails the first one.
 * <li>A later approval makes up for a failure if it has the same parameters, as of the same place in the text.
 * <li>{@code failFast} stops whatever waits. What runs may come to its next waiting step or not.
 * <li>An approval in an environment that is stopped there counts as one that threw a failure, whatever its phase is.
 * <li>The rules of the settings count as approvals in the body of their environment: a failure of their phase beside
 * that ends them. A gate beside it that begins while the rules are asked for is waited for, too, also where there are
 * none.
 * <li>An environment of the settings that is for other jobs fails when it is reached, and does not wait. If what it
 * depends on is closed by then, it may count as cancelled.
 * <li>If a failure stands in an environment whose body has ended, and an approval beside that may still make up for it,
 * the rules after it may be asked for or not.
 * </ul>
 */
final class Oracle {

    /** A Pipeline with more orders than that is not worth it. */
    private static final int MAX_ORDERS = 3000;

    private final GeneratedPipeline pipeline;

    Oracle(GeneratedPipeline pipeline) {
        this.pipeline = pipeline;
    }

    /** Nothing, where there are too many orders. */
    Optional<Expectation> expectation() {
        Expectation expectation = new Expectation();
        Races races = new Races(pipeline.body());
        Choices choices = new Choices();
        for (int order = 0; order < MAX_ORDERS; order++) {
            choices.begin();
            new Rules(pipeline, races, choices).run(expectation);
            if (!choices.next()) {
                return Optional.of(expectation);
            }
        }
        return Optional.empty();
    }

    /** One way after another, each until all ways are gone. */
    static final class Choices {

        private final List<Integer> chosen = new ArrayList<>();
        private final List<Integer> counts = new ArrayList<>();
        private int position;

        private void begin() {
            position = 0;
        }

        /** One of the numbers from 0 on. */
        int choose(int count) {
            if (position == chosen.size()) {
                chosen.add(0);
                counts.add(count);
            }
            return chosen.get(position++);
        }

        boolean perhaps() {
            return choose(2) == 1;
        }

        /** Goes on to the next way; whether there is one. */
        private boolean next() {
            while (!chosen.isEmpty()) {
                int last = chosen.size() - 1;
                if (chosen.get(last) + 1 < counts.get(last)) {
                    chosen.set(last, chosen.get(last) + 1);
                    return true;
                }
                chosen.remove(last);
                counts.remove(last);
            }
            return false;
        }
    }
}
