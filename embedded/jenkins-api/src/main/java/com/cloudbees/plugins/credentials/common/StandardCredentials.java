package com.cloudbees.plugins.credentials.common;

import com.cloudbees.plugins.credentials.CredentialsNameProvider;

/** Credentials with an id and a description. */
public interface StandardCredentials extends IdCredentials {

    String getDescription();

    class NameProvider extends CredentialsNameProvider<StandardCredentials> {

        @Override
        public String getName(StandardCredentials c) {
            return c.getId();
        }
    }
}
