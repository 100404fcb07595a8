package hudson.util;

import java.io.IOException;

/** What a form says about the value of one field. */
public class FormValidation extends IOException {
    private static final long serialVersionUID = 1;

    public enum Kind {
        OK,
        WARNING,
        ERROR
    }

    public final Kind kind;

    private FormValidation(Kind kind, String message) {
        super(message);
        this.kind = kind;
    }

    public static FormValidation ok() {
        return ok(null);
    }

    public static FormValidation ok(String message) {
        return of(Kind.OK, message);
    }

    public static FormValidation warning(String message) {
        return of(Kind.WARNING, message);
    }

    public static FormValidation error(String message) {
        return of(Kind.ERROR, message);
    }

    public static FormValidation okWithMarkup(String message) {
        return of(Kind.OK, message);
    }

    public static FormValidation errorWithMarkup(String message) {
        return of(Kind.ERROR, message);
    }

    public static FormValidation validateRequired(String value) {
        return value == null || value.isBlank() ? error("Required") : ok();
    }

    @Override
    public String toString() {
        return kind + ": " + getMessage();
    }

    private static FormValidation of(Kind kind, String message) {
        return new FormValidation(kind, message);
    }
}
