package io.jenkins.plugins.armory;

import static com.tngtech.archunit.core.domain.JavaAccess.Predicates.target;
import static com.tngtech.archunit.core.domain.properties.HasName.Predicates.nameMatching;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.plantuml.rules.PlantUmlArchCondition.Configuration.consideringOnlyDependenciesInDiagram;
import static com.tngtech.archunit.library.plantuml.rules.PlantUmlArchCondition.adhereToPlantUmlDiagram;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.kohsuke.accmod.Restricted;

/** Holds the code to docs/architecture.puml, the picture of its rooms. */
class ArchitectureTest {

    private static final String ROOT = "io.jenkins.plugins.armory";
    /** Those that are plain Java. */
    private static final String[] PLAIN = {
        ROOT + ".approval..",
        ROOT + ".callback..",
        ROOT + ".environment..",
        ROOT + ".part.file",
        ROOT + ".part.protect.window..",
        ROOT + ".store..",
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
    void roomsUseWhatThePictureAllows() {
        classes()
                .should(adhereToPlantUmlDiagram(picture(), consideringOnlyDependenciesInDiagram()))
                .check(CLASSES);
    }

    @Test
    void arrowsGoDownwards() throws IOException {
        String text = Files.readString(picture());
        List<String> rooms = groups(text, "(?m)^(\\[[\\w.]+]) <<");
        assertThat(rooms).hasSizeLessThanOrEqualTo(17);
        List<String> from = groups(text, "(?m)^(\\[[\\w.]+]) -->");
        List<String> to = groups(text, "(?m)--> (\\[[\\w.]+])$");
        assertThat(from).isNotEmpty().hasSameSizeAs(to);
        for (int i = 0; i < from.size(); i++) {
            assertThat(to.get(i)).as("used by %s", from.get(i)).doesNotStartWith("[part.");
            assertThat(rooms.indexOf(from.get(i)))
                    .as("%s to %s", from.get(i), to.get(i))
                    .isNotNegative()
                    .isLessThan(rooms.indexOf(to.get(i)));
        }
    }

    private static List<String> groups(String text, String pattern) {
        return Pattern.compile(pattern)
                .matcher(text)
                .results()
                .map(found -> found.group(1))
                .toList();
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
