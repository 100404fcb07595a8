package com.cloudbees.plugins.credentials;

/** The usual {@link CredentialsMatcher}s. */
public class CredentialsMatchers {

    private CredentialsMatchers() {}

    public static CredentialsMatcher always() {
        return item -> true;
    }
}
