package io.jenkins.plugins.armory;

import static com.tngtech.archunit.core.domain.JavaAccess.Predicates.target;
import static com.tngtech.archunit.core.domain.properties.HasName.Predicates.nameMatching;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static com.tngtech.archunit.library.plantuml.rules.PlantUmlArchCondition.Configuration.consideringOnlyDependenciesInAnyPackage;
import static com.tngtech.archunit.library.plantuml.rules.PlantUmlArchCondition.adhereToPlantUmlDiagram;
import static java.util.function.Predicate.not;
import static java.util.stream.Collectors.joining;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.Dependency;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.kohsuke.accmod.Restricted;

/** Holds the code to docs/architecture.puml, the picture of its packages. */
class ArchitectureTest {

    private static final String ROOT = "io.jenkins.plugins.armory";
    /** The packages below the line in the picture. */
    private static final String[] PLAIN = {
        ROOT + ".approval..",
        ROOT + ".bounds..",
        ROOT + ".callback..",
        ROOT + ".deployment..",
        ROOT + ".deploymentfile..",
        ROOT + ".signature..",
        ROOT + ".storage..",
        ROOT + ".webhook..",
        ROOT + ".window.."
    };

    /** Each package, and the others of the plugin that it uses. */
    private static final String USES = """
            api ->
            approval -> bounds webhook
            bounds ->
            builds -> approval bounds storage.disk
            call -> approval builds callback.oauth callback.oidc callback.signed callback.token signature webhook
            callback -> approval bounds callback.signed callback.token
            callback.oauth -> approval callback callback.token
            callback.oidc -> approval callback callback.token
            callback.signed -> approval callback.token signature
            callback.token -> approval bounds signature
            config -> approval bounds builds call callback.oauth callback.oidc callback.signed callback.token flow runtime signature webhook window
            deployment -> approval bounds
            deploymentfile -> bounds deployment webhook
            environment -> config deployment runtime storage
            flow -> bounds builds deployment runtime storage
            integration -> api approval builds call callback runtime
            runtime -> api approval builds call callback callback.oauth callback.oidc callback.signed callback.token deployment storage storage.disk
            signature ->
            step -> approval builds config deployment flow runtime
            step.approval -> approval bounds builds call callback.token config deployment flow runtime step webhook window
            step.deployment -> approval builds config deployment deploymentfile flow runtime step step.approval webhook
            step.environment -> approval bounds config deployment flow runtime step step.approval storage
            storage -> approval deployment storage.disk
            storage.disk ->
            web -> api approval bounds builds callback callback.oauth callback.signed config deployment runtime storage window
            webhook -> bounds signature
            window -> bounds
            """;

    private static final String[] JENKINS = {
        "hudson..",
        "jenkins..",
        "org.jenkinsci..",
        "com.cloudbees..",
        "org.kohsuke.stapler..",
        "jakarta.servlet..",
        "javax.servlet.."
    };

    private static final JavaClasses CLASSES = new ClassFileImporter()
            .withImportOption(new ImportOption.DoNotIncludeTests())
            .importPackages(ROOT);

    /** Returns the picture: the build may run in the root folder, or two below it. */
    private static Path picture() {
        Path inRoot = Path.of("docs/architecture.puml");
        return Files.exists(inRoot) ? inRoot : Path.of("../../docs/architecture.puml");
    }

    @Test
    void packagesUseWhatTheListSays() {
        Map<String, Set<String>> uses = new TreeMap<>();
        for (JavaClass each : CLASSES) {
            String name = name(each);
            Set<String> others = uses.computeIfAbsent(name, key -> new TreeSet<>());
            each.getDirectDependenciesFromSelf().stream()
                    .map(Dependency::getTargetClass)
                    .map(JavaClass::getBaseComponentType)
                    .filter(used -> used.getPackageName().startsWith(ROOT + "."))
                    .map(ArchitectureTest::name)
                    .filter(not(name::equals))
                    .forEach(others::add);
        }
        assertThat(uses.entrySet().stream()
                        .map(entry -> (entry.getKey() + " -> " + String.join(" ", entry.getValue())).strip())
                        .collect(joining("\n", "", "\n")))
                .isEqualTo(USES);
    }

    /** Returns the name of a class's package below the root. */
    private static String name(JavaClass of) {
        return of.getPackageName().substring(ROOT.length() + 1);
    }

    @Test
    void groupsUseWhatThePictureAllows() {
        classes()
                .should(adhereToPlantUmlDiagram(picture(), consideringOnlyDependenciesInAnyPackage(ROOT + "..")))
                .check(CLASSES);
    }

    @Test
    void packagesHaveNoCycles() {
        slices().matching(ROOT + ".(**)").should().beFreeOfCycles().check(CLASSES);
    }

    @Test
    void plainPackagesKnowNoJenkins() {
        noClasses()
                .that()
                .resideInAnyPackage(PLAIN)
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(JENKINS)
                .check(CLASSES);
    }

    @Test
    void otherPluginsMayUseTheApiAlone() {
        classes()
                .that()
                .arePublic()
                .and()
                .areTopLevelClasses()
                .and()
                .resideOutsideOfPackage(ROOT + ".api..")
                .and(ARE_WRITTEN_BY_HAND)
                .should()
                .beAnnotatedWith(Restricted.class)
                .check(CLASSES);
    }

    /** Those of Jenkins and of other plugins change without notice. */
    @Test
    void privateMembersAreNotUsed() {
        noClasses()
                .should()
                .accessTargetWhere(target(nameMatching("getDeclared(Field|Method)s?|(trySet|set)Accessible")))
                .check(CLASSES);
    }

    private static final DescribedPredicate<JavaClass> ARE_WRITTEN_BY_HAND =
            new DescribedPredicate<>("are written by hand") {
                @Override
                public boolean test(JavaClass each) {
                    return !each.getSimpleName().matches("Messages|\\w+Builder");
                }
            };
}
