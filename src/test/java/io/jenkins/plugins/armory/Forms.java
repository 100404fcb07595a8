package io.jenkins.plugins.armory;

import static org.assertj.core.api.Assertions.assertThat;

import hudson.util.FormValidation;

/** What a form says of a value while it is typed. */
public final class Forms {

    private Forms() {}

    public static void assertOk(FormValidation check) {
        assertKind(check, FormValidation.Kind.OK);
    }

    public static void assertWarning(FormValidation check) {
        assertKind(check, FormValidation.Kind.WARNING);
    }

    public static void assertError(FormValidation check) {
        assertKind(check, FormValidation.Kind.ERROR);
    }

    private static void assertKind(FormValidation check, FormValidation.Kind kind) {
        assertThat(check.kind).as("%s", check).isEqualTo(kind);
    }
}
