package io.jenkins.plugins.armory.step.flow;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import hudson.model.Run;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jenkinsci.plugins.pipeline.modeldefinition.actions.ExecutionModelAction;
import org.jenkinsci.plugins.pipeline.modeldefinition.ast.ModelASTStage;
import org.jenkinsci.plugins.pipeline.modeldefinition.ast.ModelASTStages;
import org.kohsuke.accmod.Restricted;
import org.kohsuke.accmod.restrictions.NoExternalUse;

/**
 * What the model of a Declarative build says of its stages; nothing for other builds, and where Declarative is not
 * installed.
 */
@Restricted(NoExternalUse.class)
public final class DeclaredStages {

    /** The stage in which a Declarative Pipeline runs its {@code post}, behind those of the Jenkinsfile. */
    static final String POST = "Declarative: Post Actions";

    private DeclaredStages() {}

    /**
     * Returns whether a stage is an environment by its options. With several of the name in one place, all must.
     *
     * @param around names of the stages around it, outermost first
     */
    static boolean areEnvironments(Run<?, ?> run, String name, List<String> around) {
        try {
            return Model.areEnvironments(run, name, around);
        } catch (NoClassDefFoundError x) {
            return false;
        }
    }

    /**
     * Returns whether a stage is the last one, behind which Declarative decides about the Pipeline's {@code post}.
     *
     * @param around name of the stage around it, {@code null} for none
     */
    static boolean endWith(Run<?, ?> run, String name, @CheckForNull String around) {
        try {
            return Model.endsWith(run, name, around);
        } catch (NoClassDefFoundError x) {
            return false;
        }
    }

    /**
     * Returns whether a stage of the Pipeline has an environment of that name, so that the build may not have come to
     * it.
     */
    public static boolean mention(Run<?, ?> run, String environment) {
        try {
            return Model.mentions(run, "armoryEnvironment\\b[^{\\n]*(['\"])" + Pattern.quote(environment) + "\\1");
        } catch (NoClassDefFoundError x) {
            return false;
        }
    }

    /** The part that needs the classes of Declarative Pipelines, which may not be installed. */
    private static final class Model {

        static boolean areEnvironments(Run<?, ?> run, String name, List<String> around) {
            ModelASTStages outermost = of(run);
            Set<String> names = Stream.concat(Stream.of(POST), all(outermost).map(ModelASTStage::getName))
                    .collect(Collectors.toSet());
            List<String> path = Stream.concat(
                            around.stream().filter(names::contains), // without the cell of a matrix
                            Stream.of(name))
                    .toList();
            List<ModelASTStage> stages =
                    outermost == null ? List.of() : at(outermost, path).toList();
            return !stages.isEmpty() && stages.stream().allMatch(Model::isEnvironment);
        }

        private static Stream<ModelASTStage> at(ModelASTStages stages, List<String> path) {
            Stream<ModelASTStage> named =
                    stages.getStages().stream().filter(stage -> path.get(0).equals(stage.getName()));
            return path.size() == 1
                    ? named
                    : named.flatMap(Model::within).flatMap(inner -> at(inner, path.subList(1, path.size())));
        }

        private static boolean isEnvironment(ModelASTStage stage) {
            return stage.getOptions() != null
                    && stage.getOptions().getOptions().stream()
                            .anyMatch(option -> "armoryEnvironment".equals(option.getName()));
        }

        static boolean endsWith(Run<?, ?> run, String name, @CheckForNull String around) {
            ModelASTStages stages = of(run);
            if (stages == null || all(stages).anyMatch(stage -> stage.getName().equals(around))) {
                return false;
            }
            List<ModelASTStage> outermost = stages.getStages();
            return outermost.get(outermost.size() - 1).getName().equals(name);
        }

        @CheckForNull
        private static ModelASTStages of(Run<?, ?> run) {
            ExecutionModelAction model = run.getAction(ExecutionModelAction.class);
            return model == null ? null : model.getStages();
        }

        static boolean mentions(Run<?, ?> run, String regex) {
            ModelASTStages stages = of(run);
            return stages != null
                    && Pattern.compile(regex).matcher(stages.toGroovy()).find();
        }

        private static Stream<ModelASTStage> all(@CheckForNull ModelASTStages stages) {
            return stages == null
                    ? Stream.empty()
                    : stages.getStages().stream()
                            .flatMap(stage -> Stream.concat(
                                    Stream.of(stage), within(stage).flatMap(Model::all)));
        }

        private static Stream<ModelASTStages> within(ModelASTStage stage) {
            return Stream.of(
                            stage.getStages(),
                            stage.getParallel(),
                            stage.getMatrix() == null ? null : stage.getMatrix().getStages())
                    .filter(Objects::nonNull);
        }
    }
}
