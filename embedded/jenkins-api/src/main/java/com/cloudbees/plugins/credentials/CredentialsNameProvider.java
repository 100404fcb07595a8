package com.cloudbees.plugins.credentials;

/** Names credentials for lists. */
public abstract class CredentialsNameProvider<C extends Credentials> {

    public abstract String getName(C credentials);
}
