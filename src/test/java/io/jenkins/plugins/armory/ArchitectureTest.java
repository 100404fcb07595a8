package io.jenkins.plugins.armory;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.lang.ArchRule;
import org.junit.jupiter.api.Test;

/** Holds the packages to what package-info.java says of them. */
class ArchitectureTest {

    private static final String ROOT = "io.jenkins.plugins.armory";
    private static final String[] PLAIN = {
        ROOT + ".approval..", ROOT + ".callback..", ROOT + ".webhook..", ROOT + ".deployment.."
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

    @Test
    void plainPackagesKnowNoJenkins() {
        check(noClasses()
                .that()
                .resideInAnyPackage(PLAIN)
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(JENKINS));
    }

    @Test
    void plainPackagesKnowNothingOfThoseAboveThem() {
        check(noClasses()
                .that()
                .resideInAnyPackage(PLAIN)
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(ROOT, ROOT + ".step..", ROOT + ".web..", ROOT + ".config.."));
    }

    @Test
    void approvalsKnowNeitherCallbacksNorWebhooks() {
        check(noClasses()
                .that()
                .resideInAPackage(ROOT + ".approval..")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(ROOT + ".callback..", ROOT + ".webhook.."));
    }

    @Test
    void deploymentsKnowApprovalsAlone() {
        check(noClasses()
                .that()
                .resideInAPackage(ROOT + ".deployment..")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(ROOT + ".callback..", ROOT + ".webhook.."));
        check(noClasses()
                .that()
                .resideInAnyPackage(ROOT + ".approval..", ROOT + ".callback..", ROOT + ".webhook..")
                .should()
                .dependOnClassesThat()
                .resideInAPackage(ROOT + ".deployment.."));
    }

    @Test
    void callbacksAndWebhooksDoNotKnowEachOther() {
        check(noClasses()
                .that()
                .resideInAPackage(ROOT + ".callback..")
                .should()
                .dependOnClassesThat()
                .resideInAPackage(ROOT + ".webhook.."));
        check(noClasses()
                .that()
                .resideInAPackage(ROOT + ".webhook..")
                .should()
                .dependOnClassesThat()
                .resideInAPackage(ROOT + ".callback.."));
    }

    private static void check(ArchRule rule) {
        rule.check(CLASSES);
    }
}
