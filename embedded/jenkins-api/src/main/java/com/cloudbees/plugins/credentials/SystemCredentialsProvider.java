package com.cloudbees.plugins.credentials;

/** The credentials of Jenkins itself; the embedded controller has those of {@code casc.yaml} in their place. */
public class SystemCredentialsProvider {

    private SystemCredentialsProvider() {}

    public abstract static class ProviderImpl extends CredentialsProvider {}
}
