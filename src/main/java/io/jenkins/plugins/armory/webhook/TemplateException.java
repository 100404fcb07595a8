package io.jenkins.plugins.armory.webhook;

/** A template that cannot be filled in. The message names the field, the place and the mend, and holds no value. */
public final class TemplateException extends Exception {

    private static final long serialVersionUID = 1L;

    TemplateException(String message) {
        super(message);
    }
}
