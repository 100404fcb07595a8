package com.cloudbees.plugins.credentials;

import hudson.model.Descriptor;

/** What there is to know about a class of credentials. */
public abstract class CredentialsDescriptor extends Descriptor<Credentials> {

    protected CredentialsDescriptor(Class<? extends Credentials> clazz) {
        super(clazz);
    }
}
