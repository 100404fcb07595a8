package com.cloudbees.plugins.credentials.common;

/** A choice of {@link StandardCredentials}. */
public class StandardListBoxModel extends AbstractIdCredentialsListBoxModel<StandardListBoxModel, StandardCredentials> {
    private static final long serialVersionUID = 1;

    @Override
    protected String describe(StandardCredentials c) {
        return c.getDescription() == null || c.getDescription().isBlank() ? c.getId() : c.getDescription();
    }
}
