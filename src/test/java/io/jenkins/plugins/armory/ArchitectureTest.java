package io.jenkins.plugins.armory;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static com.tngtech.archunit.library.plantuml.rules.PlantUmlArchCondition.Configuration.consideringOnlyDependenciesInAnyPackage;
import static com.tngtech.archunit.library.plantuml.rules.PlantUmlArchCondition.adhereToPlantUmlDiagram;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.kohsuke.accmod.Restricted;

/** Holds the code to docs/architecture.puml, the picture of its packages. */
class ArchitectureTest {

    private static final String ROOT = "io.jenkins.plugins.armory";
    /** The packages above the line in the picture. */
    private static final String[] PLAIN = {
        ROOT + ".approval..",
        ROOT + ".bounds..",
        ROOT + ".callback..",
        ROOT + ".delivery..",
        ROOT + ".deployment..",
        ROOT + ".file..",
        ROOT + ".http..",
        ROOT + ".signature..",
        ROOT + ".storage..",
        ROOT + ".webhook.."
    };

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
    void packagesUseWhatThePictureAllows() {
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

    private static final DescribedPredicate<JavaClass> ARE_WRITTEN_BY_HAND =
            new DescribedPredicate<>("are written by hand") {
                @Override
                public boolean test(JavaClass each) {
                    return !each.getSimpleName().equals("Messages");
                }
            };
}
